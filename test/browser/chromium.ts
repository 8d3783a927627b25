import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Browser, chromium } from 'playwright-core'
import type { Bundle } from '../package/installed.ts'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-quic',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
]
/** Nothing but what the page's own server gives, and no text that becomes code. */
const POLICY = "default-src 'none'; connect-src 'self'; script-src 'self'"

/** Debian's Chromium, with an empty profile and home folder, which are gone once it is closed. Throws if it is not installed. */
export async function startChromium(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(`Expected ${CHROMIUM}, got none: apt-get install chromium`)
  const home = mkdtempSync(join(tmpdir(), 'assize-browser-'))
  const elsewhere = { XDG_CONFIG_HOME: undefined, XDG_CACHE_HOME: undefined, XDG_DATA_HOME: undefined }
  const env = { ...process.env, ...elsewhere, HOME: home }
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, headless: true, env })
  browser.once('disconnected', () => rmSync(home, { recursive: true, force: true }))
  return browser
}

/** A page that runs a module. */
export type Page = {
  /** What an expression comes to in the page; of a promise, what that comes to. */
  evaluate(expression: string): Promise<unknown>
  /** What the page complained of since it was opened: on its console, by throwing, or of what it could not load. */
  readonly complaints: readonly string[]
  /** `http://localhost:<port>`; `/rpc` there is the chain's. */
  readonly origin: string
  close(): Promise<void>
}

/** Opens a page on localhost that has run the bundle, and has the chain at `rpcUrl` behind its own server. */
export async function openPage(browser: Browser, bundle: Bundle, rpcUrl: string): Promise<Page> {
  const server = createServer((request, response) => void serve(request, response, bundle, rpcUrl))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning', 'assert'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('requestfailed', (request) => complaints.push(`could not load ${request.url()}`))
  await page.goto(origin, { waitUntil: 'load' })
  return {
    evaluate: (expression) => page.evaluate(expression),
    complaints,
    origin,
    async close() {
      await page.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { main, files }: Bundle,
  rpcUrl: string,
): Promise<void> {
  const answer = (type: string, body: string): void => {
    response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(body)
  }
  const path = request.url?.slice(1) ?? ''
  const code = files.get(path)
  if (code !== undefined) return answer('text/javascript', code)
  if (path === 'rpc') return answer('application/json', await passOn(rpcUrl, await text(request)))
  if (path === '') return answer('text/html', `<!doctype html><script type="module" src="/${main}"></script>`)
  response.writeHead(path === 'favicon.ico' ? 204 : 404).end()
}

async function passOn(rpcUrl: string, body: string): Promise<string> {
  const response = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return response.text()
}
