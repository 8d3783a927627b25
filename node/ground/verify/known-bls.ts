import type { Hex } from 'viem'

/**
 * Signatures by the BLS secrets 1 and 2, whose keys are the generator of G1 and its double, of {@link KNOWN_MESSAGE} as
 * reports are signed: keys as EIP-2537 encodes points, signatures as they travel. Computed here would cost a node's start
 * a tenth of a second.
 */
export const KNOWN_SIGNATURES: readonly { readonly key: Hex; readonly signature: Hex }[] = [
  {
    key: '0x0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1',
    signature:
      '0xb186259e3f1122f70de6875ed1bd3c518f3615a49b839c290040374d1c263e06418d972d18943689c48bfaa7a27e0b050978337d310d8dbde23a941a8b657f79a69a7828a543dac2eda167b473a409098b0599eb7813305a2e8005fc3b05b738',
  },
  {
    key: '0x000000000000000000000000000000000572cbea904d67468808c8eb50a9450c9721db309128012543902d0ac358a62ae28f75bb8f1c7c42c39a8c5529bf0f4e00000000000000000000000000000000166a9d8cabc673a322fda673779d8e3822ba3ecb8670e461f73bb9021d5fd76a4c56d9d4cd16bd1bba86881979749d28',
    signature:
      '0x92f38fcb7d35a89a6c9f4079ecedc8c1a228e1d2a9dc776b600a3b319dc2dc484469ebfda7bcec965123923269fec3ee037f2acd0f153259815d6a8f45d5b5e6dc2f0df3d9dfcfc76da0da786e36885d7fed782e1a88733af5996c995e66d6eb',
  },
]

/** What {@link KNOWN_SIGNATURES} sign. */
export const KNOWN_MESSAGE: Hex = `0x${'a5'.repeat(32)}`
