using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using AuxLossRnn.Experiments.Sweeps;

namespace AuxLossRnn.Experiments.Tests.Sweeps;

/// <summary>Of all that want a run folder one has it. Another machine is a claim that says so.</summary>
public sealed class RunClaimTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();

    private string ClaimPath => _folder["claim.json"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_claim_is_respected_until_it_is_given_back()
    {
        using (RunClaim? first = await Take(Long))
        {
            Assert.NotNull(first);
            Assert.True(RunClaim.IsHeld(_folder.Path));
            Assert.Null(await Take(Long));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
        Assert.False(RunClaim.IsHeld(_folder.Path));
        using RunClaim? second = await Take(Long);
        Assert.NotNull(second);
    }

    [Fact]
    public async Task The_folder_is_made()
    {
        using RunClaim? claim = await RunClaim.TakeAsync(_folder["a/b"]);

        Assert.NotNull(claim);
        Assert.True(File.Exists(_folder["a/b/claim.json"]));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task So_is_that_of_another_process_of_this_machine_while_it_lives_and_it_is_taken_at_once_when_that_has_ended()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Where a process began is read from /proc here.");
        using var process = new ChildProcess(new ProcessStartInfo("sleep", ["1000"]));
        string status = await File.ReadAllTextAsync($"/proc/{process.Id}/stat");
        await Write(claim => (claim["process"], claim["started"]) = (process.Id, status[(status.LastIndexOf(')') + 2)..].Split(' ')[19]));

        Assert.True(RunClaim.IsHeld(_folder.Path));
        Assert.Null(await Take(Long));

        process.Kill();
        process.Wait();
        Assert.False(RunClaim.IsHeld(_folder.Path));
        using RunClaim? claim = await Take(Long);
        Assert.NotNull(claim);
    }

    [Fact]
    public async Task One_whose_process_has_a_later_namesake_is_taken_at_once()
    {
        await Write(claim => claim["started"] = "1");

        Assert.False(RunClaim.IsHeld(_folder.Path));
        using RunClaim? claim = await Take(Long);

        Assert.NotNull(claim);
        Assert.Equal([ClaimPath], Directory.EnumerateFiles(_folder.Path));
    }

    [Fact]
    public async Task One_of_another_machine_is_respected_while_it_counts()
    {
        await Write(claim => claim["machine"] = "another");
        using var stop = new CancellationTokenSource();
        Task counting = CountAsync(stop.Token);

        Assert.True(RunClaim.IsHeld(_folder.Path));
        Assert.Null(await Take(TimeSpan.FromSeconds(4)));

        await stop.CancelAsync();
        await counting;
        Assert.Equal("theirs", Token());
    }

    [Fact]
    public async Task One_of_another_machine_that_is_silent_is_taken_after_six_beats()
    {
        await Write(claim => claim["machine"] = "another");
        var watch = Stopwatch.StartNew();

        using RunClaim? claim = await Take(Short);

        Assert.NotNull(claim);
        Assert.True(watch.Elapsed >= 6 * Short);
        Assert.NotEqual("theirs", Token());
    }

    [Fact]
    public async Task One_that_was_not_written_to_its_end_is_taken_after_six_beats()
    {
        await File.WriteAllTextAsync(ClaimPath, "");
        var watch = Stopwatch.StartNew();

        using RunClaim? claim = await Take(Short);

        Assert.NotNull(claim);
        Assert.True(watch.Elapsed >= 6 * Short);
    }

    [Fact]
    public async Task A_silent_one_of_another_machine_is_held_for_a_minute()
    {
        await Write(claim => claim["machine"] = "another");
        Assert.True(RunClaim.IsHeld(_folder.Path));

        File.SetLastWriteTimeUtc(ClaimPath, DateTime.UtcNow.AddSeconds(-61));

        Assert.False(RunClaim.IsHeld(_folder.Path));
    }

    [Fact]
    public async Task The_waiting_can_be_ended()
    {
        await Write(claim => claim["machine"] = "another");
        using var stop = new CancellationTokenSource();
        Task<RunClaim?> taking = RunClaim.TakeAsync(_folder.Path, Long, stop.Token);
        Assert.False(taking.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
        Assert.Equal("theirs", Token());
    }

    [Fact]
    public async Task A_holder_counts()
    {
        using RunClaim? claim = await Take(Short);

        await Until(() => Read()?["count"]?.GetValue<long>() > 1);
    }

    [Fact]
    public async Task A_holder_whose_claim_another_has_replaced_is_told_and_leaves_the_others()
    {
        using (RunClaim? claim = await Take(Short))
        {
            Assert.False(claim!.Lost.IsCancellationRequested);
            string theirs = await File.ReadAllTextAsync(ClaimPath);
            // A beat may fall between reading and writing, and write its own again.
            await Until(() =>
            {
                Replace(Changed(theirs, one => one["token"] = "theirs"));
                return claim.Lost.IsCancellationRequested;
            });
        }

        Assert.Equal("theirs", Token());
    }

    [Fact]
    public async Task A_holder_whose_claim_was_deleted_writes_it_again()
    {
        using RunClaim? claim = await Take(Short);
        string mine = Token()!;

        File.Delete(ClaimPath);

        await Until(() => Token() == mine);
        Assert.False(claim!.Lost.IsCancellationRequested);
    }

    [Theory]
    [InlineData("none", 30)]
    [InlineData("ended", 200)]
    [InlineData("silent", 3)]
    [InlineData("empty", 3)]
    public async Task Of_many_that_want_it_at_the_same_time_one_has_it(string before, int rounds)
    {
        const int takers = 12;
        for (int round = 0; round < rounds; round++)
        {
            if (before == "empty")
            {
                await File.WriteAllTextAsync(ClaimPath, "");
            }
            else if (before != "none")
            {
                await Write(claim => claim[before == "ended" ? "started" : "machine"] = "another");
            }

            using var start = new Barrier(takers);
            Task<RunClaim?>[] taking = [.. Enumerable.Range(0, takers).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return Take(Short).GetAwaiter().GetResult();
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
            RunClaim?[] claims = await Task.WhenAll(taking);

            RunClaim claim = Assert.Single(claims.OfType<RunClaim>());
            Assert.False(claim.Lost.IsCancellationRequested);
            claim.Dispose();
            Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
        }
    }

    [Fact]
    public async Task What_one_that_was_killed_while_it_took_a_claim_left_behind_bars_nobody()
    {
        await Write(claim => claim["started"] = "1");
        File.Copy(ClaimPath, _folder["claim.json.theirs.0"]);
        File.SetLastWriteTimeUtc(_folder["claim.json.theirs.0"], DateTime.UtcNow.AddMinutes(-2));

        using RunClaim? claim = await Take(Short);

        Assert.NotNull(claim);
        Assert.Equal([ClaimPath], Directory.EnumerateFiles(_folder.Path));
    }

    private async Task<RunClaim?> Take(TimeSpan beat) => await RunClaim.TakeAsync(_folder.Path, beat).WaitAsync(Limit);

    /// <summary>Writes a claim that is not this process's: one that it made, with changes.</summary>
    private async Task Write(Action<JsonObject> change)
    {
        string text;
        using (await Take(Long))
        {
            text = await File.ReadAllTextAsync(ClaimPath);
        }

        Replace(Changed(text, claim =>
        {
            claim["token"] = "theirs";
            change(claim);
        }));
    }

    /// <summary>Counts in a claim, as its holder does.</summary>
    private async Task CountAsync(CancellationToken stop)
    {
        string text = await File.ReadAllTextAsync(ClaimPath, CancellationToken.None);
        for (long count = 1; !stop.IsCancellationRequested; count++)
        {
            Replace(Changed(text, claim => claim["count"] = count));
            await Task.Yield();
        }
    }

    private static string Changed(string text, Action<JsonObject> change)
    {
        JsonObject claim = JsonNode.Parse(text)!.AsObject();
        change(claim);
        return claim.ToJsonString();
    }

    private void Replace(string text)
    {
        string temporary = _folder[string.Create(CultureInfo.InvariantCulture, $"{Guid.NewGuid():N}.new")];
        File.WriteAllText(temporary, text);
        File.Move(temporary, ClaimPath, overwrite: true);
    }

    private JsonObject? Read()
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(ClaimPath))!.AsObject();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private string? Token() => Read()?["token"]?.GetValue<string>();

    private static async Task Until(Func<bool> holds)
    {
        for (var watch = Stopwatch.StartNew(); !holds();)
        {
            Assert.True(watch.Elapsed < Limit, "It has not come to hold.");
            await Task.Delay(1);
        }
    }
}
