using NetMQ;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>
/// Counts the bytes of messages that have not left yet, so that a cell that prints faster than a client reads can be made
/// to wait. A publishing socket itself drops what a slow reader leaves, or keeps it all.
/// </summary>
/// <remarks>
/// NetMQ takes a message's memory from here, and brings it back when the last client has it. What a client leaves behind that
/// goes without reading does not all come back: where nothing moves for a while, it is no longer counted.
/// </remarks>
internal sealed class OutboundBytes(long most) : IBufferPool
{
    // Enough for a few large figures; a client that reads never lets as much gather.
    internal const long Usual = 32 << 20;

    private static readonly TimeSpan Still = TimeSpan.FromSeconds(5);

    private readonly ManualResetEventSlim _room = new(initialState: true);
    private readonly Lock _gate = new();
    private long _waiting;
    private long _returned;

    /// <summary>Waits until less than the limit is on its way.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Whether there is room; false only if cancelled.</returns>
    internal bool WaitForRoom(CancellationToken cancellation)
    {
        try
        {
            long seen = Interlocked.Read(ref _returned);
            while (!_room.Wait(Still, cancellation))
            {
                long now = Interlocked.Read(ref _returned);
                if (now == seen)
                {
                    Forget();
                }

                seen = now;
            }
        }
        catch (OperationCanceledException)
        {
            // A stopped cell may still say what finds room.
            return _room.IsSet;
        }

        return true;
    }

    /// <summary>Counts bytes in, or out if negative.</summary>
    internal void Add(long bytes)
    {
        lock (_gate)
        {
            _returned += bytes < 0 ? 1 : 0;
            _waiting = Math.Max(0, _waiting + bytes);
            if (_waiting < most)
            {
                _room.Set();
            }
            else
            {
                _room.Reset();
            }
        }
    }

    private void Forget()
    {
        lock (_gate)
        {
            _waiting = 0;
            _room.Set();
        }
    }

    /// <inheritdoc/>
    public byte[] Take(int size)
    {
        Add(size);
        return new byte[size];
    }

    /// <inheritdoc/>
    public void Return(byte[] buffer) => Add(-buffer.Length);

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();
}
