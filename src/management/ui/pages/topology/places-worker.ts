/** Computes places beside the page, which goes on meanwhile. Takes shapes, gives places, in the same order. */
import { places, type Shape } from './places'

self.onmessage = ({ data }: MessageEvent<Shape>) => self.postMessage(places(data))
