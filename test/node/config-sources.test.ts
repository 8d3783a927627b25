import { expect, test } from 'vitest'
import { CONFIG_FIELDS, type ConfigInputs, loadConfig } from '#node/config'

const ADDRESS = `0x${'00'.repeat(19)}01`
const BASE: Readonly<Record<string, string>> = {
  data_dir: '/base/data',
  rpc_url: 'http://base.example',
  oracle: ADDRESS,
  registry: ADDRESS,
  index_dir: '/base/indices',
}
/** One of these is right for every setting, and another is wrong for most. What is empty is not set by the environment. */
const TEXTS = [
  'nonsense',
  '-1',
  '1',
  '7',
  '2,3',
  '70000',
  '5000',
  'true',
  'false',
  '/some/path',
  'http://one.example',
  'http://one.example,http://two.example',
  '1=https://one.example',
  ADDRESS,
  `0x${'00'.repeat(19)}02`,
  '/ip4/1.2.3.4/tcp/1',
  '/ip4/1.2.3.4/tcp/1/p2p/12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5',
  'chain',
  'reporter',
  'debug',
  'always',
  'registry',
  'off',
  'portable',
  'settled',
  'all',
]
/** Settings of which any text may be right when it is given; what is wrong is found when they are used. */
const FREE_TEXTS = ['source_rpc', 'rpc_fallbacks', 'roles', 'policy.arbitrators', 'gossip.sync_after_ms']

type Outcome = { readonly config?: object; readonly field?: string; readonly message?: string }

/** What comes of a setting that comes from the environment or from a flag, beside what it needs to mean something. */
function outcome(name: string, text: string, by: 'env' | 'flags'): Outcome {
  const beside = companionsOf(name)
  const values = { ...BASE, ...beside, [name]: text }
  const env = Object.fromEntries(Object.entries(values).map(([key, value]) => [envNameOf(key), value]))
  const inputs: ConfigInputs = by === 'env' ? { env } : { env: {}, flags: values }
  try {
    return { config: loadConfig(inputs) }
  } catch (error) {
    if (!(error instanceof Error) || !('field' in error)) throw error
    return { field: String(error.field), message: error.message }
  }
}

const envNameOf = (name: string): string => `ASSIZE_${name.replace('.', '_').toUpperCase()}`

function companionsOf(name: string): Readonly<Record<string, string>> {
  if (name === 'rpc_agreement') return { rpc_fallbacks: 'http://x.example,http://y.example,http://z.example' }
  if (name === 'roles' || name === 'keystore') return { keystore: '/base/key', password_file: '/base/password' }
  if (name === 'password_file') return { keystore: '/base/key' }
  return name.startsWith('signer.') ? { 'signer.url': 'http://signer.example', 'signer.address': ADDRESS } : {}
}

test.each(CONFIG_FIELDS)(
  '%s is heard from the environment and from a flag alike, and named when it is wrong',
  (name) => {
    const outcomes = TEXTS.map((text) => ({
      text,
      byEnv: outcome(name, text, 'env'),
      byFlag: outcome(name, text, 'flags'),
    }))
    for (const { byEnv, byFlag, text } of outcomes) expect(byEnv, `${name} = "${text}"`).toEqual(byFlag)
    const right = outcomes.flatMap(({ byEnv }) =>
      byEnv.config === undefined ? [] : [JSON.stringify(byEnv.config, plain)],
    )
    expect(right, 'add a text that is right to TEXTS').not.toEqual([])
    const wrong = outcomes.flatMap(({ byEnv }) => (byEnv.field === undefined ? [] : [byEnv]))
    // It changes something: either two right texts mean different things, or there are wrong ones.
    expect(new Set(right).size + wrong.length).toBeGreaterThan(1)
    for (const { field = '', message } of wrong) {
      // Of what belongs together the other half may be named.
      expect(field.split('.')[0]).toMatch(
        new RegExp(`^(${name.split('.')[0]}|rpc_url|rpc_fallbacks|rpc_agreement|keystore|password_file|signer)$`),
      )
      expect(message).toContain('Set it in the file, as ASSIZE_')
      // In words: no kind of value is "another".
      expect(message).not.toContain('another, got')
    }
    const named = wrong.filter(({ field = '' }) => field === name || field.startsWith(`${name}.`))
    if (!FREE_TEXTS.includes(name) && wrong.length > 0) expect(named, `${name} is never named`).not.toEqual([])
  },
)

function plain(_: string, value: unknown): unknown {
  if (value instanceof Map) return [...value]
  return typeof value === 'bigint' ? value.toString() : value
}
