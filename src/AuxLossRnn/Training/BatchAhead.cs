using System.Runtime.ExceptionServices;
using AuxLossRnn.Sequences;
using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>Prepares the batch of the next step on a thread of its own while the current step computes.</summary>
/// <remarks>
/// Never more than one batch ahead, and the same batches in the same order as without it. Dispose scopes belong to a
/// thread: a prepared batch lies in none, and whoever takes it puts it into its own.
/// </remarks>
/// <param name="prepare">Makes the batch of a step. It is called on the other thread, for one step after another.</param>
/// <param name="first">The first step.</param>
/// <param name="end">The step after the last.</param>
internal sealed class BatchAhead(Func<int, SequenceBatch> prepare, int first, int end) : IDisposable
{
    private readonly object _gate = new();
    private Thread? _thread;
    private SequenceBatch? _batch;
    private ExceptionDispatchInfo? _failure;
    private bool _stopped;

    /// <summary>Whether <see cref="Take"/> threw what went wrong on the other thread.</summary>
    public bool Failed { get; private set; }

    /// <summary>Waits for the next batch; from then on the one after it is prepared.</summary>
    /// <returns>The batch, in no dispose scope. Its tensors belong to the caller.</returns>
    /// <exception cref="Exception">What <c>prepare</c> threw for this step, itself.</exception>
    public SequenceBatch Take()
    {
        if (_thread is null)
        {
            _thread = new Thread(PrepareAll)
            {
                Name = "next batch",
                IsBackground = true,
            };
            _thread.Start();
        }

        lock (_gate)
        {
            while (_batch is null && _failure is null)
            {
                Monitor.Wait(_gate);
            }

            Failed = _failure is not null;
            _failure?.Throw();
            SequenceBatch taken = _batch!;
            _batch = null;
            Monitor.Pulse(_gate);
            return taken;
        }
    }

    /// <summary>Ends the thread, once the batch that it is at is done, and frees what nobody took.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.Pulse(_gate);
        }

        _thread?.Join();
        _batch?.Dispose();
        _batch = null;
    }

    private void PrepareAll()
    {
        for (int step = first; step < end && _failure is null; step++)
        {
            lock (_gate)
            {
                while (_batch is not null && !_stopped)
                {
                    Monitor.Wait(_gate);
                }

                if (_stopped)
                {
                    return;
                }
            }

            (SequenceBatch? batch, ExceptionDispatchInfo? failure) = Prepare(step);
            lock (_gate)
            {
                (_batch, _failure) = (batch, failure);
                Monitor.Pulse(_gate);
            }
        }
    }

    private (SequenceBatch? Batch, ExceptionDispatchInfo? Failure) Prepare(int step)
    {
        using DisposeScope scope = NewDisposeScope();
        try
        {
            SequenceBatch batch = prepare(step);
            scope.Detach(batch.Tensors);
            return (batch, null);
        }
#pragma warning disable CA1031 // Whatever it is, it is thrown to whoever takes the batch.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return (null, ExceptionDispatchInfo.Capture(failure));
        }
    }
}
