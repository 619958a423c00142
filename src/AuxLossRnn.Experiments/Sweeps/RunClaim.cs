using System.Diagnostics;
using System.Text.Json;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>Keeps others from training in a run folder, on any machine that sees it, without file locks.</summary>
/// <remarks>
/// Shared storage may have no locks, and a killed process leaves its claim behind. A claim is a file that only one process can create. Its holder counts
/// up in it every few seconds. Where the count stands still, or the holder is a process of this machine that has ended, the claim is given up
/// to the next. A holder that finds another's claim in place of its own stops.
/// </remarks>
public sealed class RunClaim : IDisposable
{
    private static readonly string Machine = $"{Environment.MachineName} {PidNamespace()}";

    private const int StartField = 19; // of /proc/PID/stat, counted after the name in parentheses

    private static readonly TimeSpan DefaultBeat = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly CancellationTokenSource _lost = new();
    private readonly Timer _beat;
    private readonly Lock _gate = new();
    private Content _content;
    private bool _ended;

    private RunClaim(string path, Content content, TimeSpan beat)
    {
        (_path, _content) = (path, content);
        _beat = new Timer(_ => Beat(), null, beat, beat);
    }

    /// <summary>Cancelled where another process has taken the folder, because this one stood still for too long.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Takes a run folder.</summary>
    /// <param name="folder">The folder; made if it is missing.</param>
    /// <param name="beat">How often a holder counts up; a claim that stands still for six times as long is given up. 10 seconds if null.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The claim; null where another process holds the folder.</returns>
    public static async Task<RunClaim?> TakeAsync(string folder, TimeSpan? beat = null, CancellationToken cancellation = default)
    {
        TimeSpan every = beat ?? DefaultBeat;
        Directory.CreateDirectory(folder);
        string path = PathOf(folder);
        var mine = new Content(Guid.NewGuid().ToString("N"), Machine, Environment.ProcessId, StartOf(Environment.ProcessId), 0);
        Content? seen = null;
        var still = Stopwatch.StartNew();
        while (!Create(path, mine))
        {
            Content? there = Read(path);
            if (there != seen)
            {
                if (seen is not null && there is not null && there.Token == seen.Token)
                {
                    return null; // it counts
                }

                (seen, still) = (there, Stopwatch.StartNew());
            }

            if (there is not null && there.Machine == Machine)
            {
                if (StartOf(there.Process) is string start && start == there.Started)
                {
                    return null;
                }

                Break(path, there);
            }
            else if (still.Elapsed > 6 * every)
            {
                Break(path, there);
            }
            else
            {
                await Task.Delay(every / 4, cancellation);
            }
        }

        return new RunClaim(path, mine, every);
    }

    /// <summary>Whether a process seems to train in a folder now: one of this machine that lives, or one elsewhere that counted within the last minute.</summary>
    /// <param name="folder">The run folder.</param>
    public static bool IsHeld(string folder) => Read(PathOf(folder)) is Content there && (there.Machine == Machine
        ? StartOf(there.Process) is string start && start == there.Started
        : DateTime.UtcNow - File.GetLastWriteTimeUtc(PathOf(folder)) < 6 * DefaultBeat);

    private static string PathOf(string folder) => Path.Combine(folder, "claim.json");

    private static bool Create(string path, Content content)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            JsonSerializer.Serialize(stream, content, KitJson.Line);
            stream.Flush(flushToDisk: true);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    /// <summary>The claim; null where its file is gone, or is only just being written.</summary>
    private static Content? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Content>(File.ReadAllText(path), KitJson.Line);
        }
        catch (Exception failure) when (failure is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Removes a claim that was given up. Of several that do only one can rename it, and a new claim that it renames by mistake it puts back.</summary>
    private static void Break(string path, Content? stale)
    {
        string aside = $"{path}.{Guid.NewGuid():N}";
        try
        {
            File.Move(path, aside);
        }
        catch (IOException)
        {
            return; // another one was first
        }

        if (Read(aside)?.Token != stale?.Token)
        {
            File.Move(aside, path, overwrite: false);
            return;
        }

        File.Delete(aside);
    }

    private void Beat()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            try
            {
                if (Read(_path) is Content there && there.Token != _content.Token)
                {
                    _ended = true;
                    _lost.Cancel();
                    return;
                }

                _content = _content with { Count = _content.Count + 1 };
                AtomicFile.WriteText(_path, JsonSerializer.Serialize(_content, KitJson.Line));
            }
            catch (IOException)
            {
                // Storage that is away for a moment; the next beat tries again.
            }
        }
    }

    /// <summary>When a process started, the same to the digit for whoever asks; null where it has ended.</summary>
    private static string? StartOf(int process)
    {
        try
        {
            // On Linux .NET derives the time from the clock, a little differently in each process: the kernel's ticks do not vary.
            return OperatingSystem.IsLinux()
                ? File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[StartField]
                : Process.GetProcessById(process).StartTime.ToUniversalTime().ToString("O");
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    // Process numbers of two containers on one machine mean different processes.
    private static string PidNamespace() => File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name ?? "";

    /// <inheritdoc/>
    public void Dispose()
    {
        _beat.Dispose();
        lock (_gate)
        {
            if (!_ended && Read(_path)?.Token == _content.Token)
            {
                File.Delete(_path);
            }

            _ended = true;
        }

        _lost.Dispose();
    }

    private sealed record Content(string Token, string Machine, int Process, string? Started, long Count);
}
