// The page that tries the API: it calls the same routes that every client calls.
const api = "sdapi/v1/";
const byId = (id) => document.getElementById(id);
const form = byId("form");
const kept = 24;
let init = null;
let poll = 0;

async function call(path, body) {
  const options = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  const answer = await fetch(api + path, options);
  const data = await answer.json();
  if (!answer.ok) throw new Error(describe(data));
  return data;
}

function describe(data) {
  if (Array.isArray(data.detail)) return data.detail.map((d) => `${d.loc.at(-1)}: ${d.msg}`).join("; ");
  return data.errors || data.detail || data.error || "the request failed";
}

function say(text, isError = false) {
  byId("message").textContent = text;
  byId("message").className = isError ? "error" : "";
}

function fill(name, values, chosen) {
  form.elements[name].replaceChildren(...values.map((v) => new Option(v, v, false, v === chosen)));
}

async function start() {
  const [models, samplers, schedulers, options] = await Promise.all(
    ["sd-models", "samplers", "schedulers", "options"].map((path) => call(path)));
  fill("checkpoint", models.map((m) => m.title), options.sd_model_checkpoint);
  fill("sampler_name", samplers.map((s) => s.name), "Euler a");
  fill("scheduler", schedulers.map((s) => s.label), "Automatic");
  if (!models.length) say("There is no checkpoint in models/Stable-diffusion.", true);
}

function request() {
  const body = {};
  for (const field of form.elements) {
    if (field.name && field.name !== "checkpoint") body[field.name] = field.type === "number" ? field.valueAsNumber : field.value;
  }
  body.override_settings = { sd_model_checkpoint: form.elements.checkpoint.value };
  if (init) body.init_images = [init];
  else delete body.denoising_strength;
  return body;
}

async function watch() {
  const { progress, state, current_image: image } = await call("progress");
  byId("progress").value = progress;
  if (state.sampling_steps) say(`Step ${state.sampling_step} of ${state.sampling_steps}`);
  if (image) {
    byId("preview").src = `data:image/png;base64,${image}`;
    byId("preview").hidden = false;
  }
}

function busy(now) {
  byId("go").disabled = now;
  byId("stop").disabled = !now;
  byId("progress").hidden = !now;
  byId("progress").value = 0;
  if (!now) byId("preview").hidden = true;
  clearInterval(poll);
  if (now) poll = setInterval(() => watch().catch(() => {}), 400);
}

function show(images, infotexts) {
  const gallery = byId("gallery");
  images.forEach((image, i) => {
    const figure = byId("picture").content.cloneNode(true);
    const source = `data:image/png;base64,${image}`;
    figure.querySelector("img").src = source;
    figure.querySelector("img").alt = infotexts[i] ?? "";
    figure.querySelector("a").href = source;
    figure.querySelector("figcaption").textContent = infotexts[i] ?? "";
    gallery.prepend(figure);
  });
  while (gallery.children.length > kept) gallery.lastElementChild.remove();
}

async function generate(event) {
  event.preventDefault();
  busy(true);
  say("Waiting");
  try {
    const answer = await call(init ? "img2img" : "txt2img", request());
    show(answer.images, JSON.parse(answer.info).infotexts);
    say((answer.warnings ?? []).join("; "));
  } catch (error) {
    say(error.message, true);
  } finally {
    busy(false);
  }
}

function take(file) {
  if (!file || !file.type.startsWith("image/")) return;
  const reader = new FileReader();
  reader.onload = () => {
    init = reader.result;
    byId("init").src = init;
    byId("init").hidden = byId("strength").hidden = false;
    byId("drop").querySelector("span").textContent = "Click to start from nothing again";
  };
  reader.readAsDataURL(file);
}

function forget() {
  init = null;
  byId("file").value = "";
  byId("init").hidden = byId("strength").hidden = true;
  byId("drop").querySelector("span").textContent = "Drop a picture here, or choose one, to start from it";
}

const drop = byId("drop");
drop.addEventListener("click", () => (init ? forget() : byId("file").click()));
drop.addEventListener("keydown", (e) => e.key === "Enter" && drop.click());
byId("file").addEventListener("click", (e) => e.stopPropagation());
byId("file").addEventListener("change", (e) => take(e.target.files[0]));
for (const name of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(name, (e) => {
    e.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop") take(e.dataTransfer.files[0]);
  });
}
form.addEventListener("submit", generate);
byId("stop").addEventListener("click", () => call("interrupt", {}).catch((e) => say(e.message, true)));
start().catch((error) => say(error.message, true));
