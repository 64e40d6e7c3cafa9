// a1111-webui-api: every method that has a route here.
import assert from 'node:assert/strict'
import module from 'a1111-webui-api'
import sharp from 'sharp'

const StableDiffusionApi = module.default ?? module.StableDiffusionApi ?? module
const api = new StableDiffusionApi({ baseUrl: process.env.SERVER_URL })
const small = { width: 64, height: 64, steps: 2, seed: 5 }
const size = async (image) => {
  const { width, height } = await image.metadata()
  return [width, height]
}
const square = sharp({ create: { width: 64, height: 64, channels: 3, background: '#446688' } }).png()

const made = await api.txt2img({ prompt: 'a mushroom', ...small })
assert.deepEqual(await size(made.image), [64, 64])
assert.equal(JSON.parse(made.info).seed, 5)

const changed = await api.img2img({ init_images: [square], mask_image: square, prompt: 'a toadstool', ...small })
assert.deepEqual(await size(changed.image), [64, 64])

const larger = await api.extraSingle({ image: square, upscaler_1: 'Lanczos', upscaling_resize: 2 })
assert.deepEqual(await size(larger.image), [128, 128])

const read = await api.pngInfo(sharp(Buffer.from(made.response.data.images[0], 'base64')))
assert.equal(typeof read.info, 'object')

for (const list of ['getSamplers', 'getUpscalers', 'getSdModels', 'getHypernetworks', 'getFaceRestorers', 'getRealesrganModels', 'getPromptStyles']) {
  assert.ok(Array.isArray(await api[list]()), list)
}
assert.equal(typeof (await api.getCmdFlags()), 'object')
await api.refreshCheckpoints()
await api.setOptions({ CLIP_stop_at_last_layers: 1 })
await api.setModel('tiny-sd')
assert.match(await api.getCurrentModel(), /tiny-sd1/)
assert.equal((await api.getProgress()).progress, 0)
assert.equal(await api.waitForReady(0.2), true)

const controlnet = await fetch(`${process.env.SERVER_URL}/controlnet/version`)
if (controlnet.ok) {
  assert.ok((await api.ControlNet.getModules()).includes('canny'))
  assert.ok(Array.isArray(await api.ControlNet.getModels()))
}
