/** After the run: close the broker that start-broker.ts started, if it did. */
export default async function stopBroker(): Promise<void> {
  await (globalThis as { conformanceBroker?: { close(): Promise<void> } }).conformanceBroker?.close()
}
