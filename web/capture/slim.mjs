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

// Long names that rrweb uses inside itself only: neither options the SDK gives nor fields of what is recorded.
const internal = `stylesheetManager maskInputOptions maskInputFn blockClass dataURLOptions keepIframeSrcFn maskTextSelector
  recordCanvas inlineImages maskTextFn maskTextClass mutationCb styleMirror recordCrossOriginIframes onStylesheetLoad
  stylesheetLoadTimeout addedSet newlyAddedElement preserveWhiteSpace iframeLoadTimeout onIframeLoad canvasManager
  bypassOptions restoreHandlers cssCaptured onSerialize crossOriginIframeStyleMirror crossOriginIframeMirror
  shadowDomManager processedNodeManager removesSubTreeCache adoptedStyleSheetCb needsMask nodeMetaMap movedSet idNodeMap
  adoptStyleSheets attributeMap userTriggeredOnInput ignoreCSSAttributes trackedLinkElements scrollCb skipChild
  iframeManager unattachedDoc droppedSet trackLinkElement genTextAreaValueMutation styleIDMap addShadowRoot
  observeAttachShadow mouseInteractionCb styleDeclarationCb mediaInteractionCb ignoreClass mousemoveCb viewportResizeCb
  inputCb styleSheetRuleCb canvasMutationCb customElementCb wrappedMutationEmit wrappedScrollEmit
  processMutations processMutation attachLinkElement attachIframe addLoadListener removeNodeFromMap mapRemoves recordDOM shadowDoms
  collectFonts checkoutEveryNms checkoutEveryNth mousemoveWait packFn inDom isFrozen genAdds patchAttachShadow`.split(/\s+/);

/** How the SDK is bundled: it says nothing in the page's console, and leaves out what it does not reach. */
export const bundling = () =>
  ({ bundle: true, minify: true, target: 'es2022', legalComments: 'none', drop: ['console'], plugins: [slimRrweb] });

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
      // No plugins, and the SDK itself says when a snapshot is due.
      swap(/^ +for \(const plugin of plugins[^]*?^(?:    |  )\}$/gm, '');
      swap(/plugins: \(\(_a2 = plugins[^]*?\}\)\)\) \|\| \[\]/, 'plugins: []');
      swap(/^      const exceedCount [^]*?^      \}$/m, '');
      swap(/^ +(?:fontCb|selectionCb): \(p\) => [^]*?^          \}\)?,$/gm, '');
      for (const name of unused.names) code = numbers(code, name);
      internal.forEach((name, i) => swap(new RegExp(`\\b${name}\\b`, 'g'), `$${i.toString(36)}`));
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
