// @ts-check
/** A failure that ends the program with one line: `wrale: CODE: message`. */
export class BootstrapError extends Error {
  /**
   * @param {string} code
   * @param {string} message one sentence that a person can act on
   * @param {number} exitCode from BSD's sysexits.h
   */
  constructor(code, message, exitCode) {
    super(message)
    this.name = 'BootstrapError'
    this.code = code
    this.exitCode = exitCode
  }
}
