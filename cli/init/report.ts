import type { Address } from 'viem'
import { basename } from 'node:path'
import type { Config } from '#node/config'
import { commandLine } from '../command-line.ts'
import { formatColumns, formatTime } from '../format.ts'
import type { Check } from '../reporter/check.ts'
import { handoverCommand } from './handover.ts'
import type { Registration } from './registration.ts'
import type { Places, SetupRole } from './settings.ts'
import type { Unit } from './unit.ts'

/** What a set-up came to. */
export type SetUp = {
  readonly places: Places
  readonly config: Config
  readonly role: SetupRole
  /** Undefined for a node without a key. */
  readonly signer: Address | undefined
  /** Undefined for a node that reports nothing. */
  readonly registration: Registration | undefined
  readonly unit: Unit | undefined
  readonly checks: readonly Check[]
  /** A command line that reads the settings from their file alone. */
  readonly paste: (...words: readonly string[]) => string
}

type Step = { readonly what: string; readonly command: string }

/** What is there now, and what is left to do, for people. */
export function linesOf(setUp: SetUp): string[] {
  const { places, role, signer, registration } = setUp
  const rows = [
    ['settings', places.config],
    ...(signer === undefined ? [] : [['key', signer]]),
    ...(registration === undefined ? [] : [['registry', registrationText(registration)]]),
  ]
  return [
    '',
    `A ${role} is set up in ${places.folder}.`,
    ...formatColumns(rows).map((line) => `  ${line}`),
    '',
    'What to do next',
    ...stepsOf(setUp).flatMap(({ what, command }) => [`  ${what}:`, `    ${command}`]),
  ]
}

/** The same for scripts. */
export function documentOf(setUp: SetUp): Record<string, unknown> {
  const { places, role, signer, registration, unit, checks, config } = setUp
  return {
    version: 1,
    role,
    folder: places.folder,
    config: places.config,
    signer: signer ?? null,
    registration: registration === undefined ? null : registrationDocument(registration, places),
    httpPort: config.httpPort,
    unit: unit?.file ?? null,
    isWell: checks.every(({ state }) => state !== 'bad'),
    checks,
    next: stepsOf(setUp),
  }
}

function registrationText(registration: Registration): string {
  if (registration.kind === 'agreed') return 'not registered yet: that is for its owner to do'
  return `reporter ${registration.index}, from ${formatTime(registration.activeTime)}`
}

function registrationDocument(registration: Registration, { consent }: Places): Record<string, unknown> {
  if (registration.kind === 'registered') {
    const { index, activeTime } = registration
    return { state: 'registered', index, activeTime: Number(activeTime) }
  }
  const { owner, stake } = registration
  return { state: 'agreed', owner, stake: stake.toString(), consent }
}

function stepsOf(setUp: SetUp): Step[] {
  const { places, config, role, signer, registration, unit, paste } = setUp
  const { config: file } = places
  const [jury] = config.juror.juries
  return [
    ...(registration?.kind === 'agreed'
      ? [{ what: "register it, where the owner's key and a copy of the consent are", command: registration.command }]
      : []),
    ...(role === 'juror' && jury !== undefined
      ? [
          {
            what: "where the seats' key is, name it their voter",
            command: commandLine('assize', 'jury', 'voter', signer ?? '', '--jury', jury),
          },
        ]
      : []),
    ...(unit === undefined
      ? [{ what: 'run it', command: paste('assize', 'node', '--config', file) }]
      : serviceSteps(unit, setUp)),
    {
      what: 'see how it is',
      // What was given to another is for them to read.
      command: paste(
        ...(unit?.stranger === undefined ? [] : ['sudo', '-u', unit.stranger]),
        'assize',
        'doctor',
        '--config',
        file,
      ),
    },
  ]
}

function serviceSteps({ file, stranger }: Unit, { places, config }: SetUp): Step[] {
  const install = commandLine('sudo', 'cp', file, '/etc/systemd/system/')
  const enable = commandLine('sudo', 'systemctl', 'enable', '--now', basename(file))
  return [
    ...(stranger === undefined
      ? []
      : [
          {
            what: `give ${stranger}, whom it runs as, what it reads and writes`,
            command: handoverCommand(stranger, places, config),
          },
        ]),
    { what: 'run it, now and whenever the machine starts', command: `${install} && ${enable}` },
  ]
}
