import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { connection } from './connection/api.ts'
import { createPages } from './router.ts'
import { usePreferencesStore } from './store/preferences.ts'
import './style/tokens.css'
import './style/base.css'

const app = createApp(App)
app.use(createPinia())
// The theme is set before the first paint.
usePreferencesStore()
void connection.run()
app.use(createPages())
app.mount('#app')
