/** What browsers have and jsdom has not. */
import { ReadableStream, TransformStream } from 'node:stream/web';
import { TextDecoder, TextEncoder } from 'node:util';

// Asked for by Lab's own clipboard as soon as it is loaded.
Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.resolve() } });

class NoLayout {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

class DragEventOfJsdom extends MouseEvent {}

Object.assign(globalThis, {
  TextDecoder,
  TextEncoder,
  ReadableStream,
  TransformStream,
  ResizeObserver: NoLayout,
  IntersectionObserver: NoLayout,
  DragEvent: DragEventOfJsdom,
  requestIdleCallback: (work: () => void) => setTimeout(work, 0),
  matchMedia: () => ({
    matches: false,
    addEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined
  })
});
