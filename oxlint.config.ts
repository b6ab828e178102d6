export { default } from './build/checks/lint-config.ts'
