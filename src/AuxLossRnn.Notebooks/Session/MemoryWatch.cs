namespace AuxLossRnn.Notebooks.Session;

/// <summary>
/// Looks at the process's memory while a cell runs. Tensors and the like lie outside of what the runtime counts, so that it
/// would not collect those that a loop has dropped before there is no memory left.
/// </summary>
internal sealed class MemoryWatch : IDisposable
{
    private const long LeastGrowth = 256L << 20;
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(50);
    private static readonly Lock Gate = new();

    // How large the process may get before a collection; 0 before the first look.
    private static long _due;

    private readonly ManualResetEventSlim _over = new();

    /// <summary>Looks from now on, until it is disposed.</summary>
    public MemoryWatch() => new Thread(Watch) { IsBackground = true, Name = "memory of cells" }.UnsafeStart();

    /// <summary>Looks a last time.</summary>
    public void Dispose() => _over.Set();

    private void Watch()
    {
        do
        {
            Look();
        }
        while (!_over.Wait(Often));
        Look();
        _over.Dispose();
    }

    private static void Look()
    {
        lock (Gate)
        {
            long size = Environment.WorkingSet;
            if (_due > 0 && size > _due)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                size = Environment.WorkingSet;
                _due = 0;
            }

            long next = size + Growth(size);
            _due = _due == 0 ? next : Math.Min(_due, next);
        }
    }

    // In proportion, so that much that is in use is seldom looked through, and never more than half of what is left.
    private static long Growth(long size) =>
        Math.Max(LeastGrowth, Math.Min(size, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - size) / 2);
}
