using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Tests.Specs;

public sealed class ExperimentSpecTests
{
    private static readonly PropertyInfo[] Properties =
        [.. typeof(ExperimentSpec).GetProperties().Where(property => property.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always })];

    [Fact]
    public void A_spec_with_every_property_changed_comes_back_from_json()
    {
        ExperimentSpec changed = AllChanged();
        Assert.All(Properties, property => Assert.NotEqual(property.GetValue(new ExperimentSpec()), property.GetValue(changed)));

        foreach (JsonSerializerOptions options in new[] { KitJson.Indented, KitJson.Line })
        {
            string json = JsonSerializer.Serialize(changed, options);
            Assert.Equal(changed, JsonSerializer.Deserialize<ExperimentSpec>(json, options));
        }
    }

    [Fact]
    public void Json_names_properties_in_snake_case_and_values_as_the_command_line_does()
    {
        using JsonDocument json = JsonSerializer.SerializeToDocument(
            new ExperimentSpec { Model = ModelName.RpLstm, Truncation = Truncation.Full, AuxiliaryTruncation = Truncation.None, BalancedClasses = true, Labelled = 9, Files = new() }, KitJson.Line);

        Assert.Equal("rp-lstm", json.RootElement.GetProperty("model").GetString());
        Assert.Equal("full", json.RootElement.GetProperty("truncation").GetString());
        Assert.Equal("none", json.RootElement.GetProperty("auxiliary_truncation").GetString());
        Assert.Equal("squared-error", json.RootElement.GetProperty("token_loss").GetString());
        Assert.Equal("dropconnect", json.RootElement.GetProperty("regularisation").GetString());
        Assert.Equal("relu", json.RootElement.GetProperty("activation").GetString());
        Assert.Equal("rmsprop", json.RootElement.GetProperty("optimiser").GetString());
        Assert.Equal(Properties.Length, json.RootElement.EnumerateObject().Count());
    }

    /// <summary>Folders of kept runs are named by this text: an option that is not used must not change it.</summary>
    [Fact]
    public void A_spec_without_what_came_later_has_the_text_that_it_had_before() => Assert.All(["balanced", "files", "\"labelled"], later => Assert.DoesNotContain(
        later, JsonSerializer.Serialize(new ExperimentSpec(), KitJson.Indented), StringComparison.Ordinal));

    [Fact]
    public void An_unknown_property_in_json_is_refused() => Assert.Contains(
        "hiden", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ExperimentSpec>("{\"hiden\": 3}", KitJson.Line)).Message);

    [Fact]
    public void As_text_it_shows_what_differs_from_the_defaults_and_nothing_else()
    {
        string text = new ExperimentSpec { Hidden = 64, Truncation = Truncation.Full, ClipNorm = 1 }.ToString();
        string[][] lines = [.. text.TrimEnd().Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

        Assert.Equal(["Hidden", "64", "(default", "128)"], lines.Single(line => line[0] == "Hidden"));
        Assert.Equal(["Truncation", "full", "(default", "300)"], lines.Single(line => line[0] == "Truncation"));
        Assert.Equal(["ClipNorm", "1", "(default", "none)"], lines.Single(line => line[0] == "ClipNorm").Select(part => part.Trim()));
        Assert.Equal(3, lines.Length);
        Assert.Equal("all defaults", new ExperimentSpec().ToString());
    }

    [Fact]
    public void Differences_name_every_changed_property_once()
    {
        Assert.Equal(
            Properties.Select(property => property.Name == nameof(ExperimentSpec.Files) ? nameof(SequenceFiles.DataFile) : property.Name).Order(), SpecTable.Differences(AllChanged()).Select(row => row.Name).Order());
        Assert.Empty(SpecTable.Differences(AllChanged(), AllChanged()));
    }

    [Theory]
    [InlineData("stroke-digits", InputEncoding.Linear, TokenLoss.SquaredError)]
    [InlineData("mnist", InputEncoding.Raw, TokenLoss.SquaredError)]
    [InlineData("cifar10", InputEncoding.Embedding, TokenLoss.SquaredError)]
    [InlineData("dbpedia", InputEncoding.Embedding, TokenLoss.CrossEntropy)]
    [InlineData("dbpedia", InputEncoding.Linear, TokenLoss.CrossEntropy)]
    [InlineData("my-recordings", InputEncoding.Linear, TokenLoss.SquaredError)]
    [InlineData("my-texts", InputEncoding.Embedding, TokenLoss.CrossEntropy)]
    public void Pixels_have_a_squared_error_and_characters_a_cross_entropy_without_being_asked(string dataset, InputEncoding encoding, TokenLoss loss)
    {
        var spec = new ExperimentSpec { Dataset = dataset, Encoding = encoding };

        Assert.Equal(loss, spec.TokenLoss);
        Assert.Equal(loss, JsonSerializer.Deserialize<ExperimentSpec>(JsonSerializer.Serialize(spec, KitJson.Line), KitJson.Line)!.TokenLoss);
        foreach (TokenLoss asked in Enum.GetValues<TokenLoss>())
        {
            Assert.Equal(asked, (spec with { TokenLoss = asked }).TokenLoss);
        }
    }

    [Fact]
    public void Specs_are_equal_where_all_their_settings_are()
    {
        var spec = new ExperimentSpec();
        ExperimentSpec asked = spec with { TokenLoss = spec.TokenLoss };

        Assert.True(spec == asked);
        Assert.Equal(spec.GetHashCode(), asked.GetHashCode());
        Assert.All(Properties, property =>
        {
            ExperimentSpec other = spec with { };
            property.SetValue(other, property.GetValue(AllChanged()));
            Assert.True(spec != other, property.Name);
        });
    }

    /// <summary>Another value for each property, whatever properties there come to be.</summary>
    private static ExperimentSpec AllChanged()
    {
        var spec = new ExperimentSpec();
        foreach (PropertyInfo property in Properties)
        {
            property.SetValue(spec, Changed(property.GetValue(spec), Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType));
        }

        return spec;
    }

    private static object Changed(object? value, Type type) => value switch
    {
        string text => text + "-other",
        bool flag => !flag,
        int number => number + 7,
        long number => number + (1L << 40),
        double number => number / 3 + 0.1,
        Truncation => Truncation.Last(17),
        ModelName => ModelName.Parse("rp-gru"),
        Enum => Enum.GetValues(type).Cast<object>().First(other => !other.Equals(value)),
        null when type == typeof(int) => 11,
        null when type == typeof(double) => 1e-17,
        null when type == typeof(SequenceFiles) => new SequenceFiles { DataFile = "other.csv" },
        _ => throw new InvalidOperationException($"Say here how to change a {type}."),
    };
}
