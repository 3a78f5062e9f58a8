// What others say of avatar files: the Khronos validator, and three-vrm that loads them.
//
// Files as arguments, a JSON line for each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

globalThis.self = globalThis;
globalThis.ProgressEvent ??= class extends Event {};
const complaints = [];
console.warn = console.error = (...words) => complaints.push(words.join(' '));

const THREE = await import('three');
const { GLTFLoader } = await import('three/examples/jsm/loaders/GLTFLoader.js');
const { VRMLoaderPlugin } = await import('@pixiv/three-vrm');
const { validateBytes } = createRequire(import.meta.url)('gltf-validator');

class BareOfPictures {
  constructor(parser) {
    this.name = 'BARE_OF_PICTURES';
    const asked = parser.getDependency.bind(parser);
    parser.getDependency = (type, index) =>
      type === 'texture' ? Promise.resolve(new THREE.Texture()) : asked(type, index);
  }
}

async function validated(bytes) {
  const { issues } = await validateBytes(new Uint8Array(bytes), { maxIssues: 100 });
  const worst = issues.messages.filter((message) => message.severity < 2);
  return {
    errors: issues.numErrors,
    warnings: issues.numWarnings,
    messages: worst.map(({ code, pointer }) => `${code} ${pointer ?? ''}`),
  };
}

async function loaded(bytes) {
  const loader = new GLTFLoader();
  loader.register((parser) => new BareOfPictures(parser));
  loader.register((parser) => new VRMLoaderPlugin(parser));
  const gltf = await loader.parseAsync(bytes, '');
  const { vrm } = gltf.userData;
  vrm.update(1 / 60);
  const materials = await gltf.parser.getDependencies('material');
  return {
    bones: Object.keys(vrm.humanoid.humanBones).filter((name) => vrm.humanoid.getRawBoneNode(name)),
    expressions: vrm.expressionManager.expressions.map(({ expressionName }) => expressionName),
    springJoints: [...vrm.springBoneManager.joints].map(({ bone }) => bone.name),
    colliders: vrm.springBoneManager.colliders.length,
    constraints: vrm.nodeConstraintManager ? [...vrm.nodeConstraintManager.constraints].length : 0,
    gaze: vrm.lookAt.applier.constructor.type,
    firstPerson: vrm.firstPerson.meshAnnotations.map(({ type }) => type),
    materials: materials.map((material) => material.isMToonMaterial ? 'toon' : 'lit'),
    licence: vrm.meta.licenseUrl,
  };
}

for (const file of process.argv.slice(2)) {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
  complaints.length = 0;
  const answer = { file, validator: await validated(bytes), vrm: await loaded(bytes), complaints };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
