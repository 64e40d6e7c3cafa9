// node-sd-webui: txt2img, img2img, pngInfo, and ControlNet by the routes of old.
import assert from 'node:assert/strict'
import sdwebui, { SamplingMethod } from 'node-sd-webui'

const url = process.env.SERVER_URL
const client = sdwebui({ apiUrl: url })
const small = { width: 64, height: 64, steps: 2, seed: 5 }

const made = await client.txt2img({
  prompt: 'a mushroom',
  negativePrompt: 'blurry',
  samplingMethod: SamplingMethod.DPMPlusPlus_2M_Karras,
  batchSize: 2,
  ...small,
})
assert.equal(made.images.length, 2)
assert.equal(JSON.parse(made.info).seed, 5)

const larger = await client.txt2img({
  prompt: 'a mushroom',
  hires: { upscaler: 'Latent', upscaleBy: 1.5, denoisingStrength: 0.6, steps: 1 },
  ...small,
})
assert.equal(larger.images.length, 1)

const changed = await client.img2img({ imageData: [made.images[0]], prompt: 'a toadstool', ...small })
assert.equal(changed.images.length, 1)

const read = await client.pngInfo({ imageData: made.images[0] })
assert.equal(read.prompt, 'a mushroom')
assert.equal(read.negativePrompt, 'blurry')
assert.equal(read.steps, 2)
assert.equal(read.samplingMethod, 'DPM++ 2M')

const listed = await fetch(`${url}/controlnet/model_list`)
const models = listed.ok ? (await listed.json()).model_list : []
if (models.length > 0) {
  const unit = { preprocessor: 'canny', model: models[0], inputImageData: made.images[0] }
  const steered = await client.txt2img({ prompt: 'a mushroom', extensions: { controlNet: [unit] }, ...small })
  assert.ok(steered.images.length >= 1)
}
