/**
 * The nonce of this page: the server writes it into index.html for each request, and style elements made later must
 * carry it. Must be imported before anything that makes styles: get-nonce, below Mantine's modals, reads the global.
 */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''

Object.assign(globalThis, { __webpack_nonce__: nonce })
