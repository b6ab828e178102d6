/**
 * Temperature at which water begins to settle from the air, °C. Magnus' formula with the coefficients of Alduchov and Eskridge, "Improved Magnus
 * form approximation of saturation vapor pressure" (J. Appl. Meteor. 35, 1996): within 0.35 °C from -40 to 60 °C.
 * @param humidity relative, ratio above 0 and up to 1
 */
export function dewPointCelsius(celsius: number, humidity: number): number {
  const [a, b] = [17.625, 243.04]
  const gamma = (a * celsius) / (b + celsius) + Math.log(humidity)
  return (b * gamma) / (a - gamma)
}
