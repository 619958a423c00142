using NetMQ;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>
/// Counts the bytes of messages that have not left yet, so that a cell that prints faster than a client reads can be made
/// to wait. A publishing socket itself drops what a slow reader leaves, or keeps it all.
/// </summary>
/// <remarks>
/// NetMQ takes a message's memory from here, and brings it back when the last client has it or has gone.
/// </remarks>
internal sealed class OutboundBytes(long most) : IBufferPool
{
    // Enough for a few large figures; a client that reads never lets as much gather.
    internal const long Usual = 32 << 20;

    private readonly ManualResetEventSlim _room = new(initialState: true);
    private readonly Lock _gate = new();
    private long _waiting;

    /// <summary>Waits until less than the limit is on its way.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Whether there is room; false only if cancelled.</returns>
    internal bool WaitForRoom(CancellationToken cancellation)
    {
        try
        {
            _room.Wait(cancellation);
            return true;
        }
        catch (OperationCanceledException)
        {
            // A stopped cell may still say what finds room.
            return _room.IsSet;
        }
    }

    /// <summary>Counts bytes in, or out if negative.</summary>
    internal void Add(long bytes)
    {
        lock (_gate)
        {
            _waiting += bytes;
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
