"""InvokeAI's names for kinds, families and formats of models."""

from __future__ import annotations

from enum import StrEnum


class BaseModelType(StrEnum):
    """The family of a model."""

    Any = "any"
    StableDiffusion1 = "sd-1"
    StableDiffusion2 = "sd-2"
    StableDiffusion3 = "sd-3"
    StableDiffusionXL = "sdxl"
    StableDiffusionXLRefiner = "sdxl-refiner"
    Flux = "flux"
    Flux2 = "flux2"
    CogView4 = "cogview4"
    ZImage = "z-image"
    ErnieImage = "ernie-image"
    Ideogram4 = "ideogram-4"
    External = "external"
    QwenImage = "qwen-image"
    Anima = "anima"
    Krea2 = "krea-2"
    Wan = "wan"
    Unknown = "unknown"
    Imagen3 = "imagen3"
    Imagen4 = "imagen4"
    Gemini2_5 = "gemini-2.5"
    ChatGPT4o = "chatgpt-4o"
    FluxKontext = "flux-kontext"
    Veo3 = "veo3"
    Runway = "runway"


class ModelType(StrEnum):
    """The purpose of a model file. InvokeAI's published page spells ``VAE`` as ``Vae``."""

    ONNX = "onnx"
    Main = "main"
    VAE = "vae"
    Vae = "vae"
    LoRA = "lora"
    ControlLoRa = "control_lora"
    ControlNet = "controlnet"
    TextualInversion = "embedding"
    IPAdapter = "ip_adapter"
    CLIPVision = "clip_vision"
    CLIPEmbed = "clip_embed"
    T2IAdapter = "t2i_adapter"
    T5Encoder = "t5_encoder"
    Qwen3Encoder = "qwen3_encoder"
    QwenVLEncoder = "qwen_vl_encoder"
    Qwen3VLEncoder = "qwen3_vl_encoder"
    MistralEncoder = "mistral_encoder"
    WanT5Encoder = "wan_t5_encoder"
    Gemma2Encoder = "gemma2_encoder"
    SpandrelImageToImage = "spandrel_image_to_image"
    SigLIP = "siglip"
    FluxRedux = "flux_redux"
    LlavaOnevision = "llava_onevision"
    PromptEnhancer = "prompt_enhancer"
    TextLLM = "text_llm"
    ExternalImageGenerator = "external_image_generator"
    PiDDecoder = "pid_decoder"
    Video = "video"
    Unknown = "unknown"


class SubModelType(StrEnum):
    """A part of a main model."""

    UNet = "unet"
    Transformer = "transformer"
    Transformer2 = "transformer_2"
    TextEncoder = "text_encoder"
    TextEncoder2 = "text_encoder_2"
    TextEncoder3 = "text_encoder_3"
    Tokenizer = "tokenizer"
    Tokenizer2 = "tokenizer_2"
    Tokenizer3 = "tokenizer_3"
    PromptEnhancer = "pe"
    PromptEnhancerTokenizer = "pe_tokenizer"
    VAE = "vae"
    VAEDecoder = "vae_decoder"
    VAEEncoder = "vae_encoder"
    Scheduler = "scheduler"
    SafetyChecker = "safety_checker"


class ModelFormat(StrEnum):
    """The layout of a model on disk."""

    OMI = "omi"
    Diffusers = "diffusers"
    Checkpoint = "checkpoint"
    LyCORIS = "lycoris"
    ONNX = "onnx"
    Olive = "olive"
    EmbeddingFile = "embedding_file"
    EmbeddingFolder = "embedding_folder"
    InvokeAI = "invokeai"
    T5Encoder = "t5_encoder"
    Qwen3Encoder = "qwen3_encoder"
    QwenVLEncoder = "qwen_vl_encoder"
    Qwen3VLEncoder = "qwen3_vl_encoder"
    MistralEncoder = "mistral_encoder"
    WanT5Encoder = "wan_t5_encoder"
    Gemma2Encoder = "gemma2_encoder"
    BnbQuantizedLlmInt8b = "bnb_quantized_int8b"
    BnbQuantizednf4b = "bnb_quantized_nf4b"
    GGUFQuantized = "gguf_quantized"
    ExternalApi = "external_api"
    SDNQQuantized = "sdnq_quantized"
    Api = "api"
    Unknown = "unknown"


class ModelVariantType(StrEnum):
    """The input of a main model's network in addition to latents: none, a masked picture, a depth map."""

    Normal = "normal"
    Inpaint = "inpaint"
    Depth = "depth"


class ClipVariantType(StrEnum):
    """The size of a CLIP text encoder."""

    L = "large"
    G = "gigantic"


class FluxVariantType(StrEnum):
    """A release of FLUX.1."""

    Schnell = "schnell"
    Dev = "dev"
    DevFill = "dev_fill"


class SchedulerPredictionType(StrEnum):
    """The quantity that a network predicts: noise, velocity, or the denoised latents."""

    Epsilon = "epsilon"
    VPrediction = "v_prediction"
    Sample = "sample"


class ModelRepoVariant(StrEnum):
    """The set of weight files to use of a diffusers folder, by precision or format."""

    Default = ""
    FP16 = "fp16"
    FP32 = "fp32"
    ONNX = "onnx"
    OpenVINO = "openvino"
    Flax = "flax"


class ModelSourceType(StrEnum):
    """The kind of place that a model came from."""

    Path = "path"
    Url = "url"
    HFRepoID = "hf_repo_id"
    External = "external"


class FluxLoRAFormat(StrEnum):
    """The naming of layers in a LoRA for FLUX.1, called after the trainer that writes it."""

    Diffusers = "flux.diffusers"
    Kohya = "flux.kohya"
    OneTrainer = "flux.onetrainer"
    Control = "flux.control"
    AIToolkit = "flux.aitoolkit"
    XLabs = "flux.xlabs"
    BflPeft = "flux.bfl_peft"
    OneTrainerBfl = "flux.onetrainer_bfl"
