namespace AuxLossRnn.Cli.Tests;

/// <summary>A tilde that no shell has seen is the home folder, wherever a path may stand.</summary>
[Trait("Category", "Slow")]
public sealed class UserPathTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly TemporaryFolder _working = new();

    public UserPathTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The home folder is that of the variable HOME here.");

    public void Dispose()
    {
        _home.Dispose();
        _working.Dispose();
    }

    [Fact]
    public void A_run_goes_below_the_home_folder_and_is_found_there()
    {
        Do(TinyRun.Train("~/my runs/a", ("steps", "2"))).ShouldExitWith(0);

        Assert.True(File.Exists(_home["my runs/a/summary.json"]));
        Do("evaluate", "~/my runs/a", "--result", "~/result.json").ShouldExitWith(0);
        Assert.True(File.Exists(_home["result.json"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_working.Path));
    }

    [Fact]
    public void So_does_a_notebook_with_its_outputs()
    {
        _home.Write("a.ipynb", """{ "cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5 }""");

        Do("notebook", "run", "~/a.ipynb", "--out=~/b.ipynb").ShouldExitWith(0);
        Do("notebook", "publish", "~/*.ipynb", "--out=~/pages").ShouldExitWith(0);

        Assert.True(File.Exists(_home["b.ipynb"]));
        Assert.True(File.Exists(_home["pages/a.html"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_working.Path));
    }

    [Fact]
    public void And_the_data_root_by_option_and_by_variable()
    {
        string[] lines = [.. new[]
        {
            Do("data", "list", "--data=~/data"), AuxLoss.RunIn(_working.Path, [("HOME", _home.Path), ("AUXLOSSRNN_DATA", "~/data")], "data", "list"),
        }.Select(result => result.ShouldExitWith(0).OutputLines[0])];

        Assert.All(lines, line => Assert.Contains(_home["data"], line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("train", "--dataset", "stroke-digits", "--model", "lstm", "--out", "$HOME/run")]
    [InlineData("data", "list", "--data", "$HOME/data")]
    [InlineData("evaluate", "${HOME}/run")]
    [InlineData("notebook", "run", "$HOME/a.ipynb")]
    [InlineData("sweep", "plan", "~somebody/a.yaml")]
    public void A_variable_and_anothers_home_are_refused(params string[] arguments)
    {
        RefusalTests.Refused(Do(arguments), "which stands for a folder in a shell alone");

        Assert.Empty(Directory.EnumerateFileSystemEntries(_working.Path));
    }

    private CommandResult Do(params string[] arguments) => AuxLoss.RunIn(_working.Path, [("HOME", _home.Path)], arguments);
}
