export { multiply } from './matrix-multiply'
