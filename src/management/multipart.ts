/**
 * The fields of a `multipart/form-data` body by their names, as a browser's form or curl -F sends them (RFC 7578). Whole
 * bodies only, within the server's limit. A body that is none has no fields.
 */

const CRLF2 = Buffer.from('\r\n\r\n')
/** Of a part; what is longer is none. */
const HEADERS_BYTES_MAX = 1024
/** A form of ours has two. Whoever sends thousands wants to see how long we look at them. */
const PARTS_MAX = 32

export function multipartFields(contentType: string, body: Buffer): ReadonlyMap<string, Buffer> {
  const fields = new Map<string, Buffer>()
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  const text = boundary?.[1] ?? boundary?.[2]
  if (text === undefined) return fields
  const delimiter = Buffer.from(`--${text}`)
  let start = body.indexOf(delimiter)
  for (let parts = 0; start >= 0 && parts < PARTS_MAX; parts++) {
    const from = start + delimiter.length
    const end = body.indexOf(delimiter, from)
    if (end < 0) break
    addField(fields, body.subarray(from, end))
    start = end
  }
  return fields
}

/** `part`: CRLF, headers, an empty line, the value, CRLF. */
function addField(fields: Map<string, Buffer>, part: Buffer): void {
  const gap = part.indexOf(CRLF2)
  if (gap < 0 || gap > HEADERS_BYTES_MAX) return
  const headers = part.subarray(0, gap).toString()
  const name = /content-disposition:[^\r\n]*[;\s]name="([^"]*)"/i.exec(headers)?.[1]
  if (name !== undefined) fields.set(name, part.subarray(gap + CRLF2.length, part.length - 2))
}

export function isMultipart(contentType: string): boolean {
  return /^multipart\/form-data/i.test(contentType)
}
