// three.js and three-vrm answer requests, a JSON line each: {op, …} in, {…} or {error} out.
//
// Pictures are never decoded, as on our side. Files and the buffers beside them are read with
// readFileSync inside the measured time; that is the quickest that node offers. With `fetching`
// the buffers beside a file go through three.js' own loader as data URIs, as a page would get them.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

globalThis.self = globalThis;
globalThis.ProgressEvent ??= class extends Event {};
console.log = console.warn = console.info = console.error = () => {};

const THREE = await import('three');
const { GLTFLoader } = await import('three/examples/jsm/loaders/GLTFLoader.js');
const { MeshoptDecoder } = await import('three/examples/jsm/libs/meshopt_decoder.module.js');
const SkeletonUtils = await import('three/examples/jsm/utils/SkeletonUtils.js');
const { VRMLoaderPlugin } = await import('@pixiv/three-vrm');
const { VRMAnimationLoaderPlugin } = await import('@pixiv/three-vrm-animation');
await MeshoptDecoder.ready;

const FRAME = 1 / 60;

function exactBytes(path) {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

class BareOfPictures {
  constructor(parser, fetching) {
    this.name = 'BARE_OF_PICTURES';
    const asked = parser.getDependency.bind(parser);
    parser.getDependency = (type, index) =>
      type === 'texture' ? Promise.resolve(new THREE.Texture()) : asked(type, index);
    const remote = parser.fileLoader;
    parser.fileLoader = {
      load(url, onLoad, onProgress, onError) {
        if (url.startsWith('data:')) return remote.load(url, onLoad, onProgress, onError);
        try {
          const path = decodeURIComponent(url);
          if (!fetching) return onLoad(exactBytes(path));
          const text = readFileSync(path).toString('base64');
          remote.load(`data:application/octet-stream;base64,${text}`, onLoad, onProgress, onError);
        } catch (error) {
          onError(error);
        }
      },
    };
  }
}

async function parse(file, fetching = false) {
  const loader = new GLTFLoader();
  loader.setMeshoptDecoder(MeshoptDecoder);
  loader.register((parser) => new BareOfPictures(parser, fetching));
  if (file.endsWith('.vrm')) loader.register((parser) => new VRMLoaderPlugin(parser));
  if (file.endsWith('.vrma')) loader.register((parser) => new VRMAnimationLoaderPlugin(parser));
  return loader.parseAsync(exactBytes(file), join(dirname(file), '/'));
}

async function load({ file, times, fetching }) {
  const ms = [];
  for (let i = 0; i < times; i += 1) {
    const started = performance.now();
    await parse(file, fetching);
    ms.push(performance.now() - started);
  }
  return { ms };
}

function skeletonsOf(scene) {
  const found = new Set();
  scene.traverse((node) => node.isSkinnedMesh && found.add(node.skeleton));
  return [...found];
}

function player(scene, clips, at) {
  const mixer = new THREE.AnimationMixer(scene);
  for (const clip of clips) {
    mixer.clipAction(clip).setEffectiveWeight(1 / clips.length).play();
  }
  mixer.setTime(at);
  const skeletons = skeletonsOf(scene);
  return () => {
    mixer.update(FRAME);
    scene.updateMatrixWorld(true);
    for (const skeleton of skeletons) skeleton.update();
  };
}

// Three made clips over the normalised bones: this avatar brings none.
function madeClips(vrm) {
  return [0, 1, 2].map((phase) => {
    const times = Array.from({ length: 61 }, (_, key) => key / 30);
    const tracks = Object.values(vrm.humanoid.normalizedHumanBones).map(({ node }) => {
      const values = times.flatMap((t) =>
        new THREE.Quaternion()
          .setFromEuler(new THREE.Euler(0.1 * Math.sin(Math.PI * t + phase), 0.05 * Math.sin(t), 0))
          .toArray(),
      );
      return new THREE.QuaternionKeyframeTrack(`${node.name}.quaternion`, times, values);
    });
    return new THREE.AnimationClip(`made-${phase}`, 2, tracks);
  });
}

function wholeAvatar(gltf) {
  const { vrm } = gltf.userData;
  const mixer = new THREE.AnimationMixer(vrm.scene);
  for (const clip of madeClips(vrm)) mixer.clipAction(clip).setEffectiveWeight(1 / 3).play();
  const target = new THREE.Object3D();
  vrm.lookAt.target = target;
  const names = Object.keys(vrm.expressionManager.expressionMap).slice(0, 4);
  const skeletons = skeletonsOf(vrm.scene);
  let t = 0;
  return () => {
    t += FRAME;
    mixer.update(FRAME);
    target.position.set(Math.sin(t), 1.4, 2);
    target.updateMatrixWorld();
    for (const name of names) vrm.expressionManager.setValue(name, 0.5 + 0.5 * Math.sin(t));
    vrm.update(FRAME);
    vrm.scene.updateMatrixWorld(true);
    for (const skeleton of skeletons) skeleton.update();
  };
}

const scenes = new Map();

async function frameOf({ file, clips, crowd, whole }) {
  const gltf = await parse(file);
  if (whole) return wholeAvatar(gltf);
  const chosen = clips.map((index) => gltf.animations[index]);
  if (!crowd) return player(gltf.scene, chosen, 0);
  const all = Array.from({ length: crowd }, (_, place) =>
    player(SkeletonUtils.clone(gltf.scene), chosen, (place * chosen[0].duration) / crowd),
  );
  return () => all.forEach((frame) => frame());
}

async function move(request) {
  const { frames, ...what } = request;
  const key = JSON.stringify(what);
  if (!scenes.has(key)) {
    const made = await frameOf(what);
    for (let i = 0; i < 200; i += 1) made();
    scenes.set(key, made);
  }
  const frame = scenes.get(key);
  const ms = [];
  for (let i = 0; i < frames; i += 1) {
    const started = performance.now();
    frame();
    ms.push(performance.now() - started);
  }
  return { ms };
}

const OPERATIONS = { load, move };

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const request = JSON.parse(line);
    answer = await OPERATIONS[request.op](request);
  } catch (error) {
    answer = { error: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
