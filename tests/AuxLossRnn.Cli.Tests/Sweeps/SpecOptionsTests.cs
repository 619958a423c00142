using System.CommandLine;
using System.Reflection;
using AuxLossRnn.Experiments;
using AuxLossRnn.Models;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using CsCheck;

namespace AuxLossRnn.Cli.Tests.Sweeps;

/// <summary>A spec as options of the command line, as <c>auxloss sweep plan</c> prints them, is read as that spec.</summary>
public sealed class SpecOptionsTests
{
    private static readonly string[] Models = ["lstm", "gru", "irnn", "urnn", "transformer", "r-lstm", "p-gru", "rp-irnn", "r-urnn"];

    private static readonly Command Train = new("train");
    private static readonly SpecOptions Options = new(Train);

    [Fact]
    public void Every_preset_at_every_budget_comes_back() => Assert.All(
        from name in Presets.Names from budget in Enum.GetValues<Budget>() select Presets.Find(name, budget),
        spec => Assert.Equal(spec, Read(SpecValues.OptionsOf(spec))));

    [Fact]
    public void So_does_any_other_spec() => Gen.Int.Sample(seed =>
    {
        var random = new Random(seed);
        var (spec, files) = (new ExperimentSpec(), new SequenceFiles());
        foreach (PropertyInfo property in SpecValues.Properties.Where(_ => random.Next(2) == 0))
        {
            property.SetValue(property.DeclaringType == typeof(SequenceFiles) ? files : spec, Value(property, random));
        }

        spec = spec with { Files = files == new SequenceFiles() ? null : files };
        Assert.Equal(spec, Read(SpecValues.OptionsOf(spec)));
    });

    [Fact]
    public void A_spec_of_defaults_alone_is_something_to_train()
    {
        Assert.Equal(new ExperimentSpec(), Read(SpecValues.OptionsOf(new ExperimentSpec())));
        Assert.Null(Read([]));
    }

    [Fact]
    public void Only_what_differs_from_the_defaults_is_named()
    {
        ExperimentSpec spec = new ExperimentSpec { Dataset = DatasetNames.Mnist, Hidden = 7, AuxiliaryTruncation = Truncation.None }.WithModel(ModelName.Irnn);

        Assert.Equal(["--dataset", "mnist", "--model", "irnn", "--hidden", "7", "--aux-truncation", "none"], SpecValues.OptionsOf(spec));
    }

    /// <summary>A value of a property: an unusual one, as long as its type has it.</summary>
    private static object? Value(PropertyInfo property, Random random)
    {
        Type? inner = Nullable.GetUnderlyingType(property.PropertyType);
        if (inner is not null && random.Next(3) == 0)
        {
            return null;
        }

        Type type = inner ?? property.PropertyType;
        return type == typeof(string) ? DatasetNames.All[random.Next(DatasetNames.All.Count)]
            : type == typeof(ModelName) ? ModelName.Parse(Models[random.Next(Models.Length)])
            : type == typeof(Truncation) ? new[] { Truncation.Full, Truncation.None, Truncation.Last(random.Next(1, int.MaxValue)) }[random.Next(3)]
            : type == typeof(bool) ? random.Next(2) == 0
            : type == typeof(int) ? random.Next(int.MinValue, int.MaxValue)
            : type == typeof(long) ? random.NextInt64(long.MinValue, long.MaxValue)
            : type == typeof(double) ? Number(random)
            : Enum.GetValues(type).GetValue(random.Next(Enum.GetValues(type).Length));
    }

    private static double Number(Random random)
    {
        double any = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
        return random.Next(3) switch
        {
            0 when double.IsFinite(any) => any,
            1 => random.Next(-3, 4),
            _ => random.NextDouble(),
        };
    }

    private static ExperimentSpec? Read(IReadOnlyList<string> options)
    {
        ParseResult parsed = Train.Parse([.. options]);
        Assert.Empty(parsed.Errors);
        return Options.Read(parsed);
    }
}
