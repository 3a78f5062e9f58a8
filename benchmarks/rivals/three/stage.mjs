// A page that draws an avatar with three.js as often as it is told, and says how long it took.
//
// It asks /next what to do and sends what came of it along: {op, …} in, {…} or {error} out.
import * as THREE from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { MeshoptDecoder } from 'three/addons/libs/meshopt_decoder.module.js';
import { RoomEnvironment } from 'three/addons/environments/RoomEnvironment.js';
import { VRMLoaderPlugin } from '@pixiv/three-vrm';

const ACTIVE_SHAPES = 8;
let renderer, scene, camera, stirred;

function makeStage({ side, samples, shadowSize }) {
  renderer = new THREE.WebGLRenderer({ antialias: samples > 1 });
  renderer.setPixelRatio(1);
  renderer.setSize(side, side);
  renderer.toneMapping = THREE.NeutralToneMapping;
  renderer.shadowMap.enabled = true;
  renderer.shadowMap.type = THREE.PCFShadowMap;
  document.body.append(renderer.domElement);
  scene = new THREE.Scene();
  scene.background = new THREE.Color(0.75, 0.85, 0.84);
  scene.environment = new THREE.PMREMGenerator(renderer).fromScene(new RoomEnvironment()).texture;
  scene.environmentIntensity = 0.5;
  const key = new THREE.DirectionalLight(0xffecd6, 1.5);
  key.castShadow = true;
  key.shadow.mapSize.set(shadowSize, shadowSize);
  key.shadow.bias = -0.001;
  scene.add(key, key.target);
  return key;
}

async function load(order) {
  const key = makeStage(order);
  const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder);
  loader.register((parser) => new VRMLoaderPlugin(parser));
  const gltf = await loader.loadAsync(order.file);
  scene.add(gltf.scene);
  const box = new THREE.Box3().setFromObject(gltf.scene);
  const middle = box.getCenter(new THREE.Vector3());
  const radius = box.getSize(new THREE.Vector3()).length() / 2;
  key.target.position.copy(middle);
  key.position.copy(middle).add(new THREE.Vector3(-0.62, 0.72, 0.78).setLength(radius * 2));
  const seen = key.shadow.camera;
  seen.left = seen.bottom = -radius;
  seen.right = seen.top = radius;
  seen.near = radius * 0.5;
  seen.far = radius * 4;
  camera = new THREE.PerspectiveCamera(order.fov, 1, order.near, order.far);
  camera.position.set(...order.eye);
  camera.lookAt(...order.target);
  stirred = { bones: new Set(), shaped: [] };
  gltf.scene.traverse((part) => {
    if (!part.isMesh) return;
    part.castShadow = part.receiveShadow = true;
    part.frustumCulled = false;
    for (const bone of part.skeleton?.bones ?? []) stirred.bones.add(bone);
    if (part.morphTargetInfluences) stirred.shaped.push(part.morphTargetInfluences);
  });
  stirred.bones = [...stirred.bones].map((bone) => [bone, bone.quaternion.clone()]);
  const gl = renderer.getContext();
  const named = gl.getExtension('WEBGL_debug_renderer_info');
  return {
    samples: gl.getParameter(gl.SAMPLES),
    driver: gl.getParameter(named ? named.UNMASKED_RENDERER_WEBGL : gl.RENDERER),
    bones: stirred.bones.length,
  };
}

function stir(step) {
  const turn = new THREE.Quaternion();
  const across = new THREE.Vector3(1, 0, 0);
  stirred.bones.forEach(([bone, rest], place) => {
    turn.setFromAxisAngle(across, 0.03 * Math.sin(step + place));
    bone.quaternion.copy(rest).multiply(turn);
  });
  for (const weights of stirred.shaped) {
    weights.fill(0);
    for (let k = 0; k < ACTIVE_SHAPES; k++) weights[(step + k) % weights.length] = 0.5;
  }
}

function draw({ frames, first }) {
  const gl = renderer.getContext();
  const pixel = new Uint8Array(4);
  const times = [];
  for (let step = first; step < first + frames; step++) {
    const started = performance.now();
    stir(step % 8);
    renderer.render(scene, camera);
    gl.readPixels(400, 400, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); // waits until all is drawn
    times.push(performance.now() - started);
  }
  const { calls, triangles } = renderer.info.render;
  return { times, calls, triangles, pixel: [...pixel] };
}

function picture() {
  stir(0);
  renderer.render(scene, camera);
  return { picture: renderer.domElement.toDataURL('image/png') };
}

const orders = { load, draw, picture };
let said = {};
for (;;) {
  const answer = await fetch('/next', { method: 'POST', body: JSON.stringify(said) });
  const order = await answer.json();
  if (order.op === 'end') break;
  try {
    said = await orders[order.op](order);
  } catch (error) {
    said = { error: String(error?.stack ?? error) };
  }
}
