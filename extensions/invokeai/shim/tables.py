"""The names of InvokeAI's modules that packs import, by the modules of ours that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

NameRows: TypeAlias = Mapping[str, str]
"""Our module -> names in it, separated by blanks; ``A=B``: our B has the name A in InvokeAI."""

_VALUES = """BoardField BoundingBoxField ColorField ConditioningField DenoiseMaskField FluxConditioningField
    ImageField LatentsField MetadataField VideoField"""
_MORE_VALUES = """TensorField SD3ConditioningField CogView4ConditioningField FluxReduxConditioningField"""
_FIELDS_OF_PRIMITIVES = """BoundingBoxField ColorField ConditioningField DenoiseMaskField
    FluxConditioningField ImageField LatentsField VideoField TensorField SD3ConditioningField
    CogView4ConditioningField"""
_KINDS = "Input FieldKind UIComponent"
_BASES = "BaseInvocation BaseInvocationOutput"
_MODEL_VALUES = """CLIPField ControlLoRAField GlmEncoderField LoRAField ModelIdentifierField T5EncoderField
    TransformerField UNetField VAEField"""
_PLAIN = """BooleanOutput BooleanCollectionOutput BoundingBoxOutput BoundingBoxCollectionOutput ColorOutput
    ColorCollectionOutput FloatOutput FloatCollectionOutput IntegerOutput IntegerCollectionOutput
    StringOutput StringCollectionOutput"""
_STORED = """ConditioningOutput ConditioningCollectionOutput DenoiseMaskOutput FluxConditioningOutput
    FluxConditioningCollectionOutput ImageOutput ImageCollectionOutput LatentsOutput LatentsCollectionOutput
    VideoOutput"""
_MODEL_OUTPUTS = """CLIPOutput LoRALoaderOutput ModelLoaderOutput SDXLLoRALoaderOutput UNetOutput VAEOutput"""
_MODEL_WORDS = """BaseModelType ClipVariantType FluxLoRAFormat FluxVariantType ModelFormat ModelSourceType
    ModelType ModelVariantType SchedulerPredictionType SubModelType"""
_DEVICES = "CPU_DEVICE CUDA_DEVICE MPS_DEVICE choose_precision choose_torch_device"
_COLORS = """gamut_clip_tensor hsl_from_linear_srgb hsl_from_srgb lab_from_linear_srgb lab_from_srgb
    lab_from_xyz linear_srgb_from_hsl linear_srgb_from_lab linear_srgb_from_oklab linear_srgb_from_oklch
    linear_srgb_from_srgb linear_srgb_from_xyz okhsl_from_srgb okhsv_from_srgb oklab_from_linear_srgb
    oklab_from_oklch oklab_from_srgb oklab_from_xyz oklch_from_linear_srgb oklch_from_oklab oklch_from_srgb
    oklch_from_xyz srgb_from_hsl srgb_from_lab srgb_from_linear_srgb srgb_from_okhsl srgb_from_okhsv
    srgb_from_oklab srgb_from_oklch srgb_from_xyz xyz_d50_to_d65 xyz_d65_to_d50 xyz_from_lab
    xyz_from_linear_srgb xyz_from_oklab xyz_from_oklch xyz_from_srgb"""

PUBLIC: NameRows = {
    "invocation.base": _BASES,
    "invocation.decorators": "invocation invocation_output",
    "vocabulary.nodes": f"Bottleneck Classification {_KINDS} ImageCategory SCHEDULER_NAME_VALUES SEED_MAX",
    "vocabulary.ui_types": "UIType",
    "vocabulary.descriptions": "FieldDescriptions",
    "vocabulary.models": _MODEL_WORDS,
    "context.context": "InvocationContext",
    "fields.values": f"{_VALUES} MetadataItemField",
    "fields.declare": "InputField OutputField",
    "fields.mixins": "WithBoard WithMetadata WithWorkflow",
    "fields.model_values": _MODEL_VALUES,
    "outputs.plain": f"{_PLAIN} SchedulerOutput",
    "outputs.stored": _STORED,
    "outputs.models": f"{_MODEL_OUTPUTS} MetadataItemOutput MetadataOutput",
    "fields.dtos": "BoardDTO",
    "context.config": "InvokeAIAppConfig",
    "shim.helpers": "WorkflowWithoutID get_random_seed",
    "context.loaded": "LoadedModel=InvokeModel",
    "context.conditioning_data": """BasicConditioningInfo ConditioningFieldData ExtraConditioningInfo
        SDXLConditioningInfo""",
    "context.util": "PipelineIntermediateState",
    "context.devices": _DEVICES,
    "vocabulary.version": "__version__",
    "models.configs": "AnyModelConfig ModelConfigFactory",
    "shim.colors": _COLORS,
}

_INVOCATION_ERRORS = """InvalidFieldError InvalidVersionError MissingInputException
    RequiredConnectionException"""

INVOCATIONS: Mapping[str, NameRows] = {
    # without InputField and the like: packs that look for them here were written for Invoke 3
    "baseinvocation": {
        "invocation.base": _BASES,
        "invocation.decorators": "invocation invocation_output",
        "invocation.registry": "InvocationRegistry",
        "invocation.errors": _INVOCATION_ERRORS,
        "vocabulary.nodes": "Bottleneck Classification FieldKind Input",
        "vocabulary.ui_types": "UIType",
        "context.context": "InvocationContext",
    },
    "fields": {
        "fields.values": f"{_VALUES} {_MORE_VALUES}",
        "fields.declare": "InputField OutputField",
        "fields.mixins": "WithBoard WithMetadata WithWorkflow",
        "vocabulary.nodes": _KINDS,
        "vocabulary.ui_types": "UIType",
        "vocabulary.descriptions": "FieldDescriptions",
    },
    "primitives": {
        # its own imports, which packs take from here
        "invocation.base": _BASES,
        "invocation.decorators": "invocation invocation_output",
        "fields.values": _FIELDS_OF_PRIMITIVES,
        "fields.declare": "InputField OutputField",
        "fields.dtos": "ImageDTO",
        "vocabulary.nodes": "Input UIComponent LATENT_SCALE_FACTOR",
        "vocabulary.descriptions": "FieldDescriptions",
        "context.context": "InvocationContext",
        "outputs.plain": _PLAIN,
        "outputs.stored": f"{_STORED} MaskOutput SD3ConditioningOutput CogView4ConditioningOutput",
        "nodes.primitives": """BooleanInvocation BooleanCollectionInvocation IntegerInvocation
            IntegerCollectionInvocation FloatInvocation FloatCollectionInvocation StringInvocation
            StringCollectionInvocation ColorInvocation BoundingBoxInvocation""",
        "nodes.stored": """ImageInvocation ImageCollectionInvocation LatentsInvocation
            LatentsCollectionInvocation ConditioningInvocation ConditioningCollectionInvocation""",
    },
    "constants": {"vocabulary.nodes": "IMAGE_MODES LATENT_SCALE_FACTOR SCHEDULER_NAME_VALUES"},
    "resize_latents": {
        "vocabulary.nodes": "LATENTS_INTERPOLATION_MODE",
        "nodes.latents": "ResizeLatentsInvocation ScaleLatentsInvocation",
    },
    "model": {
        "fields.model_values": f"{_MODEL_VALUES} FreeUConfig",
        "outputs.models": f"{_MODEL_OUTPUTS} LoRASelectorOutput ModelIdentifierOutput SeamlessModeOutput",
        "nodes.models": """MainModelLoaderInvocation LoRALoaderInvocation SDXLLoRALoaderInvocation
            VAELoaderInvocation SeamlessModeInvocation LoRASelectorInvocation ModelIdentifierInvocation
            FreeUInvocation LoRACollectionLoader SDXLLoRACollectionLoader""",
    },
    "metadata": {
        "fields.values": "MetadataItemField MetadataField",
        "fields.adapter_values": "LoRAMetadataField",
        "outputs.models": "MetadataItemOutput MetadataOutput",
        "nodes.metadata": """MetadataItemInvocation MetadataInvocation MergeMetadataInvocation
            CoreMetadataInvocation""",
    },
    "noise": {"outputs.stored": "NoiseOutput", "nodes.latents": "NoiseInvocation"},
    "image": {
        "nodes.image_basics": """PIL_RESAMPLING_MODES PIL_RESAMPLING_MAP ImageResizeInvocation
            ImageScaleInvocation ImageCropInvocation BlankImageInvocation""",
    },
    "sdxl": {
        "outputs.models": "SDXLModelLoaderOutput SDXLRefinerModelLoaderOutput",
        "nodes.models": "SDXLModelLoaderInvocation SDXLRefinerModelLoaderInvocation",
    },
    "compel": {
        "nodes.prompts": """CompelInvocation SDXLCompelPromptInvocation SDXLRefinerCompelPromptInvocation
            CLIPSkipInvocation""",
        "outputs.models": "CLIPSkipInvocationOutput",
    },
    "sd3_model_loader": {
        "outputs.models": "Sd3ModelLoaderOutput",
        "nodes.stand_ins": "Sd3ModelLoaderInvocation",
    },
    "flux_model_loader": {
        "outputs.models": "FluxModelLoaderOutput",
        "nodes.stand_ins": "FluxModelLoaderInvocation",
    },
    "flux_denoise": {"nodes.stand_ins": "FluxDenoiseInvocation"},
    "flux_controlnet": {
        "nodes.stand_ins": "FluxControlNetInvocation FluxControlNetOutput",
        "fields.adapter_values": "FluxControlNetField",
    },
    "flux_redux": {
        "nodes.stand_ins": "FluxReduxInvocation FluxReduxOutput",
        "fields.values": "FluxReduxConditioningField",
    },
    "flux_text_encoder": {"nodes.stand_ins": "FluxTextEncoderInvocation"},
    "controlnet": {
        "nodes.adapters": "ControlNetInvocation",
        "fields.adapter_values": "ControlField CONTROLNET_MODE_VALUES CONTROLNET_RESIZE_VALUES",
        "outputs.models": "ControlOutput",
    },
    "controlnet_image_processors": {
        "nodes.adapters": "ControlNetInvocation",
        "fields.adapter_values": "ControlField CONTROLNET_MODE_VALUES CONTROLNET_RESIZE_VALUES",
        "outputs.models": "ControlOutput",
    },
    "ip_adapter": {
        "nodes.adapters": "IPAdapterInvocation",
        "fields.adapter_values": "IPAdapterField",
        "outputs.models": "IPAdapterOutput",
    },
    "t2i_adapter": {
        "nodes.adapters": "T2IAdapterInvocation",
        "fields.adapter_values": "T2IAdapterField",
        "outputs.models": "T2IAdapterOutput",
    },
    "scheduler": {"outputs.plain": "SchedulerOutput", "nodes.models": "SchedulerInvocation"},
    "collections": {
        "nodes.collections": "RangeInvocation RangeOfSizeInvocation RandomRangeInvocation",
    },
    "math": {
        "nodes.maths": """AddInvocation SubtractInvocation MultiplyInvocation DivideInvocation
            RandomIntInvocation RandomFloatInvocation FloatToIntegerInvocation RoundInvocation
            IntegerMathInvocation FloatMathInvocation""",
    },
    "strings": {
        "outputs.plain": "StringPosNegOutput String2Output",
        "nodes.strings": """StringSplitNegInvocation StringSplitInvocation StringJoinInvocation
            StringJoinThreeInvocation StringReplaceInvocation""",
    },
    "denoise_latents": {"nodes.denoise": "DenoiseLatentsInvocation get_scheduler"},
    "latent": {"nodes.denoise": "DenoiseLatentsInvocation get_scheduler"},
    "image_to_latents": {"nodes.latents": "ImageToLatentsInvocation"},
    "latents_to_image": {"nodes.latents": "LatentsToImageInvocation"},
    "create_denoise_mask": {"nodes.masks": "CreateDenoiseMaskInvocation"},
    "create_gradient_mask": {"nodes.masks": "CreateGradientMaskInvocation"},
}

SERVICES: Mapping[str, NameRows] = {
    "services.shared.invocation_context": {
        "context.context": "InvocationContext build_invocation_context",
        "context.interface": "InvocationContextInterface",
        "context.parts": "InvocationContextData",
        "context.images": "ImagesInterface",
        "context.models": "ModelsInterface",
        "context.plain": """TensorsInterface ConditioningInterface LoggerInterface ConfigInterface
            BoardsInterface""",
        "context.util": "UtilInterface",
    },
    "services.shared.graph": {
        "graph.errors": """NodeInputError InvalidEdgeError CyclicalGraphError NodeNotFoundError
            NodeFieldNotFoundError DuplicateNodeIdError NodeIdMismatchError""",
        "nodes.collections": "IterateInvocation CollectInvocation IterateInvocationOutput"
        " CollectInvocationOutput",
    },
    "services.session_processor.session_processor_common": {
        "context.errors": "CanceledException",
        "shim.helpers": "ProgressImage",
    },
    "services.model_records": {"models.catalog": "UnknownModelException"},
    "services.model_records.model_records_base": {"models.catalog": "UnknownModelException"},
    "services.images.images_common": {"fields.dtos": "ImageDTO"},
    "services.boards.boards_common": {"fields.dtos": "BoardDTO"},
    "services.image_records.image_records_common": {
        "vocabulary.nodes": "ImageCategory ResourceOrigin",
        "store.errors": "ImageRecordNotFoundException",
    },
    "services.image_files.image_files_common": {"store.errors": "ImageFileNotFoundException"},
    "services.board_records.board_records_common": {"store.errors": "BoardRecordNotFoundException"},
    "services.object_serializer.object_serializer_common": {"store.errors": "ObjectNotFoundError"},
    "services.workflow_records.workflow_records_common": {"shim.helpers": "WorkflowWithoutID"},
    "services.config": {"context.config": "InvokeAIAppConfig get_config"},
    "services.config.config_default": {"context.config": "InvokeAIAppConfig get_config"},
    "util.misc": {
        "vocabulary.nodes": "SEED_MAX",
        "shim.helpers": "get_random_seed uuid_string get_timestamp get_iso_timestamp",
    },
    "util.metaenum": {"shim.helpers": "MetaEnum"},
}

_CONDITIONING = """BasicConditioningInfo CogView4ConditioningInfo ConditioningFieldData ExtraConditioningInfo
    FLUXConditioningInfo SD3ConditioningInfo SDXLConditioningInfo"""
_TAXONOMY: NameRows = {
    "vocabulary.models": f"{_MODEL_WORDS} ModelRepoVariant",
    "context.models": "AnyModel",
}

BACKEND: Mapping[str, NameRows] = {
    "util.devices": {"context.devices": f"TorchDevice {_DEVICES}"},
    "util.logging": {"shim.helpers": "InvokeAILogger"},
    "util": {"context.devices": "TorchDevice", "shim.helpers": "InvokeAILogger"},
    "model_manager": {**_TAXONOMY, "models.configs": "AnyModelConfig ModelConfigFactory"},
    "model_manager.taxonomy": _TAXONOMY,
    "model_manager.config": {**_TAXONOMY, "models.configs": "AnyModelConfig ModelConfigFactory"},
    "model_manager.configs.factory": {"models.configs": "AnyModelConfig ModelConfigFactory"},
    "model_manager.load": {"context.loaded": "LoadedModel=InvokeModel LoadedModelWithoutConfig"},
    "model_manager.load.load_base": {"context.loaded": "LoadedModel=InvokeModel LoadedModelWithoutConfig"},
    "stable_diffusion.diffusion.conditioning_data": {"context.conditioning_data": _CONDITIONING},
    "stable_diffusion.diffusers_pipeline": {
        "context.util": "PipelineIntermediateState",
        "shim.helpers": "image_resized_to_grid_as_tensor",
    },
    "stable_diffusion": {"context.util": "PipelineIntermediateState"},
    "stable_diffusion.schedulers": {
        "vocabulary.nodes": "SCHEDULER_NAME_VALUES",
        "drawing.diffusers_schedulers": "SCHEDULER_MAP",
    },
    "stable_diffusion.schedulers.schedulers": {
        "vocabulary.nodes": "SCHEDULER_NAME_VALUES",
        "drawing.diffusers_schedulers": "SCHEDULER_MAP",
    },
    "image_util.composition": {"shim.colors": _COLORS},
    "image_util.color_conversion": {"shim.colors": _COLORS},
    "flux.sampling_utils": {"shim.helpers": "get_schedule clip_timestep_schedule_fractional"},
}
