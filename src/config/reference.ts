/**
 * `docs/reference/options.md`, made from the option table. `node dist/config/reference.js` writes the page; a spec fails
 * when it is stale.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  allowed,
  embeddedDefaultOf,
  environmentOf,
  flagOf,
  type OptionSpec,
  optionGroups,
} from './option-spec'
import { configFileOption, optionKeys, optionTable } from './options'

export function optionsReference(): string {
  return `${[heading(), ...optionGroups.map(groupSection), configFileSection()].join('\n\n')}\n`
}

function heading(): string {
  return `<!-- Made from src/config/options.ts by \`node dist/config/reference.js\`; a spec fails when it is stale. -->
# Options

An option has one name, spelled for where it is given: \`frameMax\` in the config file and in \`createBroker({ frameMax })\`,
\`LEVERET_FRAME_MAX\` in the environment, \`--frame-max\` on the command line. Later sources win:

    defaults  <  config file  <  environment  <  flags

\`createBroker\` reads neither config file nor environment. An unknown option or a bad value is refused by name, with
where it came from and what is allowed:

    config file leveret.json: unknown option "prot"; did you mean "port"?
    environment LEVERET_PORT must be a whole number from 0 to 65535 (0 is a free port) or false (no such port), got "http"

In the environment and on the command line \`true\` and \`1\` switch a boolean on, \`false\` and \`0\` off; the flag alone
(\`--in-memory\`) is on, \`--no-in-memory\` off. A number that may be \`false\`
is so by \`LEVERET_PORT=false\` and \`--no-port\`.`
}

function groupSection(group: (typeof optionGroups)[number]): string {
  const keys = optionKeys.filter(key => optionTable[key].group === group)
  return [`## ${group}`, ...keys.map(key => optionSection(key, optionTable[key]))].join('\n\n')
}

function optionSection(key: string, spec: OptionSpec): string {
  const environment = [
    environmentOf(key),
    ...(spec.alsoEnvironment === undefined ? [] : [spec.alsoEnvironment]),
  ]
  return `### ${key}

${spec.description}

| flag | environment | allowed | default |
|---|---|---|---|
| ${code(flagOf(key))} | ${environment.map(code).join(', ')} | ${allowed(spec)} | ${defaultOf(spec)} |`
}

function configFileSection(): string {
  return `## The config file

${configFileOption.description} Named by ${code(flagOf('config'))} or ${code(environmentOf('config'))}; without either, none
is read. One JSON object:

\`\`\`json
{
  "port": 5673,
  "heartbeat": 30,
  "logLevel": "debug"
}
\`\`\``
}

function defaultOf(spec: OptionSpec): string {
  if (spec.default === undefined) return 'not set'
  const embedded = embeddedDefaultOf(spec)
  return embedded === undefined || embedded === spec.default
    ? code(spec.default)
    : `${code(spec.default)}; ${code(embedded)} for \`createBroker\``
}

function code(value: string | number | boolean): string {
  return `\`${value}\``
}

if (require.main === module) {
  writeFileSync(join(__dirname, '../../docs/reference/options.md'), optionsReference())
}
