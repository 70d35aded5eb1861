import { handlers } from '#task/handlers.ts'
import { serveUtility } from './serve-utility.ts'

serveUtility(handlers)
