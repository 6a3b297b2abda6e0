declare module 'socket:fs/fds' {
  type Id = string | number

  const fds: {
    readonly size: number
    get (id: string): number | undefined
    fd (id: string): number | undefined
    id (fd: number): string | undefined
    has (id: Id): boolean
    set (id: string, fd: number, type?: 'file' | 'directory'): void
    attach (fd: number, handle: object, isKept?: boolean): void
    handle (fd: number, syscall: string): any
    release (id?: Id, closeDescriptor?: boolean): Promise<void>
    retain (id: Id): Promise<{ id: string }>
    delete (id: Id): Promise<void>
    clear (): void
    typeof (id: Id): 'file' | 'directory' | undefined
    entries (): IterableIterator<[number, string]>
    syncOpenDescriptors (): Promise<void>
  }
  export default fds
}
