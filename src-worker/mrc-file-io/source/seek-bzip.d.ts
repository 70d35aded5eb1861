declare module 'seek-bzip' {
  const bunzip: {
    decodeBlock(input: Uint8Array, bitPosition: number, output: { writeByte(byte: number): void }): void
  }
  export default bunzip
}
