/** After the run: close the broker that start-broker.ts started, if it did. */
export default async function stopBroker(): Promise<void> {
  const held = globalThis as { conformanceBroker?: { close(): Promise<void> } }
  await held.conformanceBroker?.close()
}
