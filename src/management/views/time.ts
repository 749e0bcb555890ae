/** Times as RabbitMQ's API shows them. */

/** `2026-11-23T14:49:59.330+00:00` */
export function timeView(millisecondsSince1970: number): string {
  return new Date(millisecondsSince1970).toISOString().replace('Z', '+00:00')
}
