import { formatGwei } from 'viem/utils'
import { z } from 'zod'
import { CONFIG_SCHEMAS, flagOf } from '#node/config'
import { variableOf } from '../../node/config/environment.ts'
import { anchor, code, DEFAULT, NOTICE, table, withoutDefault } from './markdown.ts'

/** docs/reference/settings.md: every setting of a node as the configuration's schema has it. */
export function settingsReference(): string {
  const tables = Map.groupBy(CONFIG_SCHEMAS, ([field]) => (field.includes('.') ? field.replace(/\..*/, '') : ''))
  const titleOf = (name: string): string => (name === '' ? 'Outside of tables' : `Table ${name}`)
  const lines = [
    '# Settings',
    '',
    NOTICE,
    '',
    'A node takes each of them from the TOML file of `--config`, over that from the environment, and over that from a flag, as in `assize node --config node.toml',
    '--log-level debug`. What they are for: [running.md](../operations/running.md). Paths in the file start at its folder, others at the working directory. Lists have',
    'commas between their entries in the environment and in flags.',
    '',
    ...[...tables.keys()].map((name) => `- [${titleOf(name)}](#${anchor(titleOf(name))})`),
    '',
    ...[...tables].flatMap(([name, settings]) => [
      `## ${titleOf(name)}`,
      '',
      ...table(
        ['setting', 'meaning', 'is', 'default', 'variable', 'flag'],
        settings.map(([field, schema]) => [
          code(name === '' ? field : field.slice(name.length + 1)),
          withoutDefault(schema.description ?? ''),
          kindOf(schema),
          defaultOf(field, schema),
          code(variableOf(field)),
          code(`--${flagOf(field)}`),
        ]),
      ),
    ]),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

/** What a value may be, as far as the schema says it in one word or by bounds, which are both included. */
function kindOf(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return kindOf(schema.def.innerType)
  }
  if (schema instanceof z.ZodArray) return ['list', kindOf(schema.element)].filter((part) => part !== '').join(': ')
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => code(String(option))).join(', ')
  if (schema instanceof z.ZodNumber) return boundsOf(schema)
  if (schema instanceof z.ZodPipe) return kindOf(schema.def.out)
  if (schema instanceof z.ZodURL) return 'URL'
  return ''
}

function boundsOf({ minValue, maxValue }: z.ZodNumber): string {
  return maxValue === Number.MAX_SAFE_INTEGER ? `${minValue} or more` : `${minValue} to ${maxValue}`
}

function defaultOf(field: string, schema: z.ZodType): string {
  const [, said] = DEFAULT.exec(schema.description ?? '') ?? []
  if (said !== undefined) return said
  const { data, success } = schema.safeParse(undefined)
  if (!success) return '**required**'
  if (data === undefined || data instanceof Map) return ''
  if (typeof data === 'bigint') return code(field.endsWith('_gwei') ? formatGwei(data) : String(data))
  if (Array.isArray(data)) return code(`[${data.map((each) => JSON.stringify(each)).join(', ')}]`)
  return code(typeof data === 'string' ? data : JSON.stringify(data))
}
