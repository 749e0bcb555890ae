/** The application: providers around a router, and the login in the place of any page until somebody is logged in. */
import { Center, Loader, localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from 'react-router'
import { queries } from './api/hooks'
import { useSession } from './api/session'
import { Problem } from './components/problem'
import { nonce } from './nonce'
import { LoginPage } from './pages/login-page'
import { router } from './routes'
import { cssVariables, theme } from './theme'

const colorScheme = localStorageColorSchemeManager({ key: 'leveret-color-scheme' })

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={colorScheme}
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <ModalsProvider>
          <Notifications position="bottom-right" />
          <Door />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  )
}

/** The address stays as it is meanwhile, so that after the login the page asked for is there. */
function Door() {
  const { data: user, error, refetch } = useSession()
  if (error)
    return (
      <Center h="100vh">
        <Problem error={error} onRetry={() => void refetch()} />
      </Center>
    )
  if (user === undefined)
    return (
      <Center h="100vh">
        <Loader aria-label="Loading" />
      </Center>
    )
  return user === null ? <LoginPage /> : <RouterProvider router={router} />
}
