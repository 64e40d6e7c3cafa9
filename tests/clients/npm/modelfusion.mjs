// modelfusion: checks the answer, and an error, against its own schemas.
import assert from 'node:assert/strict'
import { automatic1111, generateImage } from 'modelfusion'

const { hostname, port } = new URL(process.env.SERVER_URL)
const api = automatic1111.Api({ baseUrl: { protocol: 'http', host: hostname, port, path: '/sdapi/v1' } })
const settings = { api, model: 'tiny-sd1', sampler: 'DPM++ 2M Karras', steps: 2, width: 64, height: 64, cfgScale: 7, seed: 5 }

const image = await generateImage({
  model: automatic1111.ImageGenerator(settings).withTextPrompt(),
  prompt: 'a mushroom',
})
assert.equal(Buffer.from(image).subarray(1, 4).toString(), 'PNG')

const { images } = await generateImage({
  model: automatic1111.ImageGenerator({ ...settings, numberOfGenerations: 2 }),
  prompt: { prompt: 'a mushroom', negativePrompt: 'blurry' },
  fullResponse: true,
})
assert.equal(images.length, 2)

await assert.rejects(
  generateImage({
    model: automatic1111.ImageGenerator({ ...settings, width: 4 }).withTextPrompt(),
    prompt: 'a mushroom',
  }),
  (error) => {
    assert.equal(error.name, 'ApiCallError')
    assert.match(error.message, /width must be between/)
    return true
  },
)
