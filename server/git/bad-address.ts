/** An address, a name or a host that git is not started with. `message` says what is wrong, `fix` what to write instead. */
export class BadAddress extends Error {
  override readonly name = 'BadAddress';

  constructor(
    message: string,
    readonly fix: string
  ) {
    super(message);
  }
}
