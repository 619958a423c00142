using System.Globalization;
using AuxLossRnn.Data;
using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Runtime;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary>One run of a sweep in this process: <c>auxloss sweep run --only N</c>.</summary>
internal static class SweepElement
{
    /// <summary>Trains a point to its end, unless it is finished or another process trains it.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="only">The point's number, or the name of its run folder, which stays when the file changes.</param>
    /// <param name="threads">Threads that compute.</param>
    /// <param name="device">cpu or cuda.</param>
    /// <param name="data">The data root, where it was given.</param>
    /// <param name="child">Whether a process of this sweep waits for the end: it stops this one by closing its standard input, and keeps what went wrong.</param>
    /// <param name="cancellation">Stops with a checkpoint.</param>
    public static async Task<int> RunAsync(
        Sweep sweep, string only, int threads, string device, string? data, bool child, CancellationToken cancellation)
    {
        SweepPoint point = Find(sweep, only);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (child)
        {
            StopWithTheParent(stop);
        }

        try
        {
            return await RunAsync(sweep, point, threads, new Machine(DataRoot.Resolve(data), Devices.Choose(device)), stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return SlurmArray.GoesOn;
        }
        catch (Exception failure) when (!child)
        {
            string sentence = failure is UserException problem ? OptionNames.In(problem.Template) : failure.Message;
            (SweepRecord.Read(point.Folder) with { Failure = sentence }).Write(point.Folder);
            throw;
        }
    }

    private static async Task<int> RunAsync(Sweep sweep, SweepPoint point, int threads, Machine machine, CancellationToken cancellation)
    {
        if (sweep.Status().First(one => one.Point.Folder == point.Folder).State == SweepState.Finished)
        {
            AnsiConsole.WriteLine($"{point} is finished.");
            return ExitCodes.Done;
        }

        using RunClaim? claim = await RunClaim.TakeAsync(point.Folder, cancellation: cancellation);
        if (claim is null)
        {
            AnsiConsole.WriteLine($"{point} is being trained in {point.Folder} by {RunClaim.HolderOf(point.Folder) ?? "another process"}.");
            return SlurmArray.GoesOn;
        }

        if (SweepResults.IsFinished(point.Folder))
        {
            return ExitCodes.Done; // while this process waited
        }

        TorchThreads.Use(threads);
        AnsiConsole.WriteLine($"{sweep.Name} {point.Index}: {point}");
        try
        {
            int code = TrainCommand.Run(
                point.Spec, null, point.Folder, resume: true, machine, [], null, null, cancellation, trainer => SweepRecord.Begin(point.Folder, claim, trainer));
            return code == ExitCodes.Interrupted ? SlurmArray.GoesOn : code;
        }
        catch (OperationCanceledException taken) when (claim.Lost.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync(taken.Message);
            return SlurmArray.GoesOn;
        }
    }

    private static SweepPoint Find(Sweep sweep, string only) => int.TryParse(only, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
        ? index < sweep.Points.Count ? sweep.Points[index] : throw new UserException($"--only is {index}, but {sweep.Name} has the points 0 to {sweep.Points.Count - 1}.")
        : sweep.Points.FirstOrDefault(point => Path.GetFileName(point.Folder) == only)
            ?? throw new UserException($"--only is {only}, but {sweep.Name} has no such run (any longer). Give a number from 0 to {sweep.Points.Count - 1}, or the name of a run folder.");

    private static void StopWithTheParent(CancellationTokenSource stop) => ParentPipe.WhenClosed(() =>
    {
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The run has ended meanwhile.
        }
    });
}
