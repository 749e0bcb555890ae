/** JSON as the API speaks it. Fields are read through functions here, for another broker's answer may lack any of them. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [key: string]: Json | undefined
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** `message_stats.publish_details.rate`: a path through nested objects. A field whose name has dots in it is found too. */
export function fieldOf(item: JsonObject, path: string): Json | undefined {
  if (Object.hasOwn(item, path)) return item[path]
  const dot = path.indexOf('.')
  if (dot < 0) return undefined
  const inner = Object.hasOwn(item, path.slice(0, dot)) ? item[path.slice(0, dot)] : undefined
  return isObject(inner) ? fieldOf(inner, path.slice(dot + 1)) : undefined
}

export function textField(item: JsonObject, path: string): string {
  const value = fieldOf(item, path)
  return typeof value === 'string' ? value : ''
}

export function numberField(item: JsonObject, path: string): number {
  const value = fieldOf(item, path)
  return typeof value === 'number' ? value : 0
}
