/** After the run: close the broker that start-broker.ts started, if it did. */
export default async function stopBroker(): Promise<void> {
  const held: { conformanceBroker?: { close(): Promise<void> } } = globalThis
  await held.conformanceBroker?.close()
}
