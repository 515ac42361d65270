import { readFile } from 'node:fs/promises';

// The SDK has 30 kB for everything, rrweb alone takes 23. These parts of it cannot be reached with the options the SDK
// gives: canvas recording, frames of other origins, fonts, hooks, and the classes rrweb keeps for its replayer.
const unused = {
  classes: {
    CanvasManager: 'class CanvasManager { reset() {} freeze() {} unfreeze() {} lock() {} unlock() {} }',
    CrossOriginIframeMirror: 'class CrossOriginIframeMirror { reset() {} }',
    BaseRRNode: 'class BaseRRNode {}',
  },
  functions: {
    mergeHooks: 'function mergeHooks() {}',
    polyfill: 'function polyfill() {}',
    // Asked for every node; masking is the SDK's own.
    needMaskingText: 'function needMaskingText() { return false; }',
    slimDOMDefaults: 'function slimDOMDefaults(given) { return given || {}; }',
    initFontObserver: 'function initFontObserver() { return () => {}; }',
    // Which text was marked tells a viewer little, and is not worth its 160 bytes.
    initSelectionObserver: 'function initSelectionObserver() { return () => {}; }',
    is2DCanvasBlank: 'function is2DCanvasBlank() { return true; }',
  },
  methods: ['handleMessage', 'transformCrossOriginEvent', 'replaceIdOnNode', 'patchRootIdOnNode', 'replaceIds', 'replaceStyleIds'],
  blocks: ['if (tagName === "canvas" && recordCanvas)', 'if (tagName === "img" && inlineImages)'],
  // The names of numbered things; only the numbers are needed.
  names: ['EventType', 'IncrementalSource', 'NodeType', 'MediaInteractions'],
};

/** esbuild plugin that leaves those parts out; it fails the build when rrweb no longer has one of them. */
export const slimRrweb = {
  name: 'slim-rrweb',
  setup(build) {
    build.onLoad({ filter: /@rrweb[\\/]record[\\/]dist[\\/]record\.js$/ }, async ({ path }) => {
      let code = await readFile(path, 'utf8');
      const swap = (pattern, by) => {
        if (!pattern.test(code)) throw new Error(`rrweb changed: ${pattern} is not there`);
        code = code.replace(pattern, () => by);
      };
      for (const [name, stub] of Object.entries(unused.classes)) swap(new RegExp(`^class ${name} \\{[^]*?^\\}$`, 'm'), stub);
      for (const [name, stub] of Object.entries(unused.functions)) swap(new RegExp(`^function ${name}\\([^]*?^\\}$`, 'm'), stub);
      for (const name of unused.methods) swap(new RegExp(`^  ${name}\\([^]*?^  \\}$`, 'm'), `  ${name}() {}`);
      for (const head of unused.blocks) swap(new RegExp(`^  ${head.replace(/[()&]/g, '\\$&')} \\{[^]*?^  \\}$`, 'm'), '');
      swap(/^const jsContent = '.*';$/m, "const jsContent = '';");
      swap(/^let _mirror = \{[^]*?^\};\nif \(typeof window[^]*?^\}$/m, '');
      swap(/const inEmittingFrame = [^;]*;/, 'const inEmittingFrame = true;');
      swap(/^  if \(!inEmittingFrame\) \{[^]*?^  \}$/m, '');
      swap(/let passEmitsToParent = false;/, 'const passEmitsToParent = false;');
      for (const name of unused.names) code = numbers(code, name);
      return { contents: code, loader: 'js' };
    });
  },
};

/** Writes the numbers of an enumeration where its names stand. */
function numbers(code, name) {
  const found = new Map([...code.matchAll(new RegExp(`\\b${name}2\\["(\\w+)"\\] = (\\d+)\\]`, 'g'))].map(match => [match[1], match[2]]));
  if (!found.size) throw new Error(`rrweb changed: ${name} is not there`);
  return code.replace(new RegExp(`\\b${name}\\.(\\w+)`, 'g'), (all, key) => found.get(key) ?? all);
}
