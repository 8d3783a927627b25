import { expect, test } from 'vitest'
import { withHosts } from '../../../node/ground/with-hosts.ts'

test.each([
  ['https://a.example/v3/key?token=key', 'https://a.example'],
  ['no answer of http://name:key@a.example:8545.', 'no answer of http://a.example:8545.'],
  // A password may have what ends one elsewhere.
  ['https://name:key@key@a.example/key', 'https://a.example'],
  [`"https://name:k'e"y@a.example/key" and 'wss://b.example/key'`, `"https://a.example" and 'wss://b.example'`],
  ['HTTPS://name:key@A.example/key', 'HTTPS://A.example'],
])('of the addresses in %j the hosts are left', (text, shown) => {
  expect(withHosts(text)).toBe(shown)
})
