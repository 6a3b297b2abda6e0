/**
 * @module diagnostics/channels
 *
 * Channels on which parts of an app tell what they do, and others listen.
 */
declare module 'socket:diagnostics/channels' {
  /** Who listens to a channel. */
  export type Subscriber<T = any> = (message: T, name: string|symbol, channel: Channel) => any

  /** Kept for compatibility: nothing is reserved for subscribers. */
  export const MIN_CHANNEL_SUBSCRIBER_SIZE: 64

  /** The name by which channels are compared; that of a group goes first. */
  export function normalizeName (group: { name: string }|string|null, name?: string): string

  /** A channel that nobody listens to; it becomes an `ActiveChannel` with its first subscriber. */
  export class Channel {
    readonly name: string|symbol
    /** The group that it belongs to. */
    group: ChannelGroup|null
    constructor (name: string|symbol)
    /** Who listens. */
    get subscribers (): Subscriber[]
    /** Whether anybody listens. */
    get hasSubscribers (): boolean
    /** How many listen; for a group, how many channels there are. */
    get length (): number
    /** Forgets every subscriber, and the group if wanted. */
    reset (shouldOrphan?: boolean): void
    /** The channel below this one. */
    channel (name: string): Channel
    /** Adds a subscriber. */
    subscribe (onMessage: Subscriber): boolean
    subscribe (name: any, onMessage: Subscriber): boolean
    /** Takes a subscriber away; tells whether it was one. */
    unsubscribe (onMessage: Subscriber): boolean
    unsubscribe (name: any, onMessage: Subscriber): boolean
    /** Tells every subscriber before it returns; resolves with whether there were any and all took it. */
    publish (message: any, more?: any): Promise<boolean>
    toJSON (): { name: string, subscribers: number }
    [Symbol.iterator] (): IterableIterator<any>
  }

  /** A channel that somebody listens to. */
  export class ActiveChannel extends Channel {}

  /** Channels with a name in common; it can be used like one. */
  export class ChannelGroup extends Channel {
    channels: Channel[]
    constructor (name: string, channels?: Channel[])
    /** Selects channels by name; `*` stands for anything. */
    select (keys: string|string[], hasSubscribers?: boolean): { name: string, channel: Channel }[]
    /** Publishes to what a name selects, or several messages by name. */
    publish (name: string|Record<string, any>, message?: any): Promise<boolean>
  }

  /** Every channel of this realm, by name. */
  export const registry: {
    subscribe (name: string|symbol, onMessage: Subscriber): boolean
    unsubscribe (name: string|symbol, onMessage: Subscriber): boolean
    hasSubscribers (name: string|symbol): boolean
    /** The channel of that name, made if there is none. */
    channel (name: string|symbol): Channel
    /** A group of channels, by name or as they are. */
    group (name: string, channels?: string|Channel|(string|Channel)[]): ChannelGroup
    get (name: string|symbol): Channel|null
    has (name: string|symbol): boolean
    set (name: string|symbol, channel: Channel): Channel
    remove (name: string|symbol): boolean
    toJSON (): Record<string, { name: string, subscribers: number }>
  }
  export default registry
}
