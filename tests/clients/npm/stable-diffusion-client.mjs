// stable-diffusion-client: every method that has a route here.
import assert from 'node:assert/strict'
import sharp from 'sharp'
import { StableDiffusionApi } from 'stable-diffusion-client'

const api = new StableDiffusionApi({ baseUrl: process.env.SERVER_URL, timeout: 300000 })
const small = { width: 64, height: 64, steps: 2, seed: 5 }
const size = async (image) => {
  const { width, height } = await image.metadata()
  return [width, height]
}

const made = await api.txt2img({ prompt: 'a mushroom', ...small })
const picture = made.getSharpImage(0)
assert.deepEqual(await size(picture), [64, 64])
assert.equal(made.info.seed, 5)
assert.equal(made.parameters.width, 64)

const changed = await api.img2img({ init_images: [picture], prompt: 'a toadstool', ...small })
assert.deepEqual(await size(changed.getSharpImage(0)), [64, 64])

const larger = await api.extraSingle({ image: picture, upscaler_1: 'Lanczos', upscaling_resize: 2 })
assert.deepEqual(await size(larger.getSharpImage(0)), [128, 128])

for (const list of ['getSamplers', 'getUpscalers', 'getSdModels', 'getHypernetworks', 'getFaceRestorers', 'getRealesrganModels', 'getPromptStyles']) {
  assert.ok(Array.isArray(await api[list]()), list)
}
assert.equal(typeof (await api.getCmdFlags()), 'object')
await api.refreshCheckpoints()
await api.setOptions({ CLIP_stop_at_last_layers: 1 })
await api.setModel('tiny')
assert.match(await api.getCurrentModel(), /tiny-sd1/)
assert.equal((await api.getProgress()).progress, 0)
assert.equal(await api.waitForReady(0.2), true)

const controlnet = await fetch(`${process.env.SERVER_URL}/controlnet/version`)
if (controlnet.ok) {
  assert.ok((await api.ControlNet.getModules()).includes('canny'))
  assert.ok(Array.isArray(await api.ControlNet.getModels()))
  const detected = await api.ControlNet.detect({
    controlnet_input_images: [picture],
    controlnet_module: 'canny',
    controlnet_processor_res: 64,
  })
  assert.deepEqual(await size(detected.getSharpImage(0)), [64, 64])
}
