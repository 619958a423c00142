namespace AuxLossRnn.Notebooks.Session;

/// <summary>A cell that runs: where it writes, and whether it is to stop.</summary>
/// <param name="output">Takes what it shows.</param>
/// <param name="cancellation">Asks it to stop.</param>
/// <param name="strayed">Told of an exception that nobody catches.</param>
internal sealed class CellContext(ICellOutput output, CancellationToken cancellation, Action<CellContext, Exception>? strayed = null)
{
    private static readonly AsyncLocal<CellContext?> Running = new();

    /// <summary>The cell that this thread, or the one that started it, runs; null outside of cells.</summary>
    public static CellContext? Current
    {
        get => Running.Value;
        set => Running.Value = value;
    }

    public CancellationToken Cancellation { get; } = cancellation;

    public ICellOutput Output { get; } = new OneAtATime(output);

    /// <summary>Values of variables that the script that runs declares anew.</summary>
    public Dictionary<string, object?> Earlier { get; set; } = [];

    /// <summary>The first exception that nothing caught in a thread of the cell.</summary>
    public Exception? Stray { get; private set; }

    /// <summary>Takes an exception that nothing caught.</summary>
    public void Strayed(Exception problem)
    {
        Stray ??= problem;
        strayed?.Invoke(this, problem);
    }

    // A cell and the threads it started may write at once.
    private sealed class OneAtATime(ICellOutput inner) : ICellOutput
    {
        private readonly Lock _gate = new();

        public void Write(bool error, string text)
        {
            lock (_gate)
            {
                inner.Write(error, text);
            }
        }

        public void Display(MimeBundle value, string? displayId)
        {
            lock (_gate)
            {
                inner.Display(value, displayId);
            }
        }

        public void Update(MimeBundle value, string displayId)
        {
            lock (_gate)
            {
                inner.Update(value, displayId);
            }
        }

        public void Result(MimeBundle value)
        {
            lock (_gate)
            {
                inner.Result(value);
            }
        }
    }
}
