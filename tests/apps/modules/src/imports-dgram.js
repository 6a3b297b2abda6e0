/** Imports by name from a module that is not there yet. */
import { createSocket } from 'socket:dgram'

export { createSocket }
