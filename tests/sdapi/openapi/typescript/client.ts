// A typed client in strict mode: a picture under a ControlNet unit, not waited for, and its job.
import createClient from "openapi-fetch";

import type { components, paths } from "./schema";

type Unit = components["schemas"]["ControlNetUnit"];
type Body = components["schemas"]["StableDiffusionProcessingTxt2Img"];
type Job = components["schemas"]["JobItem"];

const client = createClient<paths>({ baseUrl: "http://127.0.0.1:7861" });

const unit: Unit = {
  enabled: true,
  module: "canny",
  model: "control_canny",
  image: { image: "aGVsbG8=", mask: null },
  weight: 0.8,
  control_mode: "My prompt is more important",
  resize_mode: 1,
  guidance_end: 0.5,
};

const body: Body = {
  prompt: "a bell",
  seed: null,
  steps: 20,
  alwayson_scripts: { controlnet: { args: [unit] }, "another script": { args: [1, true] } },
  override_settings: { CLIP_stop_at_last_layers: 2 },
  priority: 5,
  webhook: "https://example.com/done",
  keep_alive: "10m",
};

export async function waitFor(id: string): Promise<Job["state"]> {
  const { data, error } = await client.GET("/sdapi/v1/jobs/{job_id}", {
    params: { path: { job_id: id } },
    parseAs: "json",
  });
  if (error) throw new Error(JSON.stringify(error.detail));
  const job = data as Job;
  if (job.state === "failed") throw new Error(job.error?.message);
  return job.state;
}

export async function make(): Promise<string[]> {
  const { data, error, response } = await client.POST("/sdapi/v1/txt2img", {
    params: { query: { async: true } },
    body,
  });
  if (error) throw new Error(typeof error.detail === "string" ? error.detail : error.detail?.[0]?.msg);
  if (response.status === 202 && "links" in data) return [data.links.result, await waitFor(data.id)];
  return "images" in data ? (data.images ?? []) : [];
}

export async function settings(): Promise<[string | undefined, boolean | undefined, string[]]> {
  const options = (await client.GET("/sdapi/v1/options")).data;
  const flags = (await client.GET("/sdapi/v1/cmd-flags")).data;
  const models = (await client.GET("/controlnet/model_list")).data;
  return [options?.samples_format, flags?.listen, models?.model_list ?? []];
}

// @ts-expect-error the state of a job is one of a few words
export const wrong: Job["state"] = "finished";
