/** What a unit runs, as whom, and where. */
export type ServiceTerms = {
  readonly user: string
  /** Where the program is started, and how: absolute paths. */
  readonly workingDirectory: string
  readonly program: readonly string[]
  readonly config: string
  readonly passwordFile: string | undefined
  readonly dataDir: string
}

/** Folders that systemd makes and gives to the unit's user. */
const STATE = /^\/var\/lib\/([\w.-]+)$/
/** What ProtectHome=true hides. */
const HOME = /^\/(?:home|root|run\/user)(?:\/|$)/

/** A systemd unit for a node; docs/operations/assize.service is that of a node in /opt/assize. */
export function serviceUnit(terms: ServiceTerms): string {
  const { user, workingDirectory, program, config, passwordFile, dataDir } = terms
  const isAtHome = [workingDirectory, config, dataDir, ...program].some((path) => HOME.test(path))
  const [, state] = STATE.exec(dataDir) ?? []
  return [
    `# /etc/systemd/system/assize.service. What a node is told stands in ${config} and nowhere else: assize backup and`,
    '# assize restore read the same file.',
    '[Unit]',
    'Description=Assize reporter node',
    'After=network-online.target time-sync.target',
    'Wants=network-online.target time-sync.target',
    '',
    '[Service]',
    `User=${user}`,
    `WorkingDirectory=${workingDirectory}`,
    `ExecStart=${[...program, '--config', config].map(quoted).join(' ')}`,
    '# SIGTERM lets it finish what it writes; what it sent is on disk.',
    'TimeoutStopSec=30',
    'Restart=on-failure',
    'RestartSec=10',
    '# 2: the operator must correct something. Starting again would not.',
    'RestartPreventExitStatus=2',
    ...(state === undefined
      ? [`ReadWritePaths=${quoted(dataDir)}`]
      : [`StateDirectory=${state}`, 'StateDirectoryMode=0700']),
    ...(passwordFile === undefined ? [] : [`LoadCredential=password:${passwordFile}`]),
    ...(passwordFile === undefined ? [] : ['Environment=ASSIZE_PASSWORD_FILE=%d/password']),
    ...ALWAYS,
    `ProtectHome=${isAtHome ? 'read-only' : 'true'}`,
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

/** A path as systemd reads it: `%` begins a specifier, and a space ends a word. */
function quoted(path: string): string {
  const escaped = path.replaceAll('%', '%%')
  return /^[\w@:.,/+=%-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll(/["\\]/g, '\\$&')}"`
}
