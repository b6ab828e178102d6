/** Version of this software (semver). Kept equal to package.json by a test. */
export const softwareVersion = '0.1.0'
