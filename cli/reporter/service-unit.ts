import { InputError } from '../errors.ts'

/** What a unit runs, as whom, and where; paths are absolute. */
export type ServiceTerms = {
  /** Of its file, as systemd will know it: `assize.service`. */
  readonly name: string
  readonly user: string
  /** Where the program is started, and how. */
  readonly workingDirectory: string
  readonly program: readonly string[]
  readonly config: string
  readonly passwordFile: string | undefined
  /** The one folder that the node writes to. */
  readonly dataDir: string
  /** What else it reads: keystore, index documents. */
  readonly inputs: readonly string[]
}

/** What systemd makes and gives to the unit's user, in this folder. */
const STATE = /^\/var\/lib\/([\w.-]+(?:\/[\w.-]+)*)$/
/** What ProtectHome=true hides. */
const HOME = /^\/(?:home|root|run\/user)(?:\/|$)/
/** A home, or what is in one. */
const IN_HOME = /^(\/root|\/(?:home|run\/user)\/[^/]+)(?:\/|$)/
/** What not every setting of a unit has a way to write. */
const UNWRITABLE = /["\\\p{Cc}]/u

/** The home that a path is in, or is: one that ProtectHome=true hides, whoever's it is. */
export function homeAround(path: string): string | undefined {
  return IN_HOME.exec(path)?.[1]
}

/** The folder below /var/lib that systemd makes for the unit; undefined for a folder that must be there before it starts. */
export function stateOf(dataDir: string): string | undefined {
  return STATE.exec(dataDir)?.[1]
}

/**
 * A systemd unit for a node; docs/operations/assize.service is that of a node in /opt/assize. Throws InputError for a path that
 * cannot be written in one.
 */
export function serviceUnit(terms: ServiceTerms): string {
  const { name, user, workingDirectory, program, config, passwordFile, dataDir, inputs } = terms
  const secrets = passwordFile === undefined ? [] : [passwordFile]
  const paths = [workingDirectory, config, dataDir, ...program, ...inputs, ...secrets]
  requireWritable(paths)
  const [executable, ...words] = [...program, '--config', config]
  const state = stateOf(dataDir)
  return [
    `# /etc/systemd/system/${name}. What a node is told stands in ${config} and nowhere else: assize backup and`,
    '# assize restore read the same file.',
    '[Unit]',
    'Description=Assize reporter node',
    'After=network-online.target time-sync.target',
    'Wants=network-online.target time-sync.target',
    '',
    '[Service]',
    `User=${user}`,
    `WorkingDirectory=${literal(workingDirectory)}`,
    // What is run is never taken for a variable; what it is given may be.
    `ExecStart=${[word(executable), ...words.map((one) => word(one).replaceAll('$', '$$$$'))].join(' ')}`,
    '# SIGTERM lets it finish what it writes; what it sent is on disk.',
    'TimeoutStopSec=30',
    'Restart=on-failure',
    'RestartSec=10',
    '# 2: the operator must correct something. Starting again would not.',
    'RestartPreventExitStatus=2',
    ...(state === undefined
      ? [`ReadWritePaths=${word(dataDir)}`]
      : [`StateDirectory=${state}`, 'StateDirectoryMode=0700']),
    ...secrets.map((file) => `LoadCredential=password:${literal(file)}`),
    ...secrets.map(() => 'Environment=ASSIZE_PASSWORD_FILE=%d/password'),
    ...ALWAYS,
    `ProtectHome=${paths.some((path) => HOME.test(path)) ? 'read-only' : 'true'}`,
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n')
}

const ALWAYS = [
  '# The C library gives each thread an arena of its own otherwise, which keeps what a start has used: tens of megabytes.',
  'Environment=MALLOC_ARENA_MAX=2',
  'LimitNOFILE=65536',
  'NoNewPrivileges=true',
  'ProtectSystem=strict',
  'PrivateTmp=true',
  'PrivateDevices=true',
  'ProtectKernelTunables=true',
  'ProtectKernelModules=true',
  'ProtectControlGroups=true',
  'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
  'RestrictNamespaces=true',
  'LockPersonality=true',
  'CapabilityBoundingSet=',
]

function requireWritable(paths: readonly string[]): void {
  const wrong = paths.find((path) => UNWRITABLE.test(path))
  if (wrong === undefined) return
  throw new InputError(
    `Expected paths without quotation marks, backslashes and line breaks for a systemd unit, got ${JSON.stringify(wrong)}.`,
    'Rename it, or run the node without --service.',
  )
}

/** A path where systemd takes the whole line for one: `%` begins a specifier. */
function literal(path: string): string {
  return path.replaceAll('%', '%%')
}

/** A path where systemd splits words: a space or a quotation mark would end one. */
function word(path: string): string {
  const escaped = literal(path)
  return /^[\w@:.,/+=%$-]+$/.test(escaped) ? escaped : `"${escaped}"`
}
