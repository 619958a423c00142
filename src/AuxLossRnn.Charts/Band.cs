using AuxLossRnn.Figures;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Charts;

/// <summary>Series of one name, as their mean and the range around it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Style">The model's style.</param>
/// <param name="Count">How many series there are.</param>
/// <param name="X">The places that all have.</param>
/// <param name="Mean">The mean there.</param>
/// <param name="Lowest">The lowest value there.</param>
/// <param name="Highest">The highest value there.</param>
/// <param name="Variant">How many bands of the same model come before this one.</param>
internal sealed record Band(
    string Name, ModelStyle Style, int Count, double[] X, double[] Mean, double[] Lowest, double[] Highest, int Variant)
{
    /// <summary>The legend's text.</summary>
    public string Legend => Count == 1 ? Name : $"{Name} ({Count} runs)";

    /// <summary>A second line of the same model has the same colour with another dash.</summary>
    public string Dash => Variant == 0
        ? Style.Dash
        : ModelStyle.All[(ModelStyle.All.ToList().IndexOf(Style) + Variant) % ModelStyle.All.Count].Dash;

    /// <summary>And its markers are hollow; those of a third one have a dot in the middle.</summary>
    public string Marker => (Variant % 3) switch
    {
        0 => Style.Marker,
        1 => $"{Style.Marker}-open",
        _ => $"{Style.Marker}-open-dot",
    };

    /// <summary>Brings series of one name together.</summary>
    /// <param name="series">The series.</param>
    /// <exception cref="UserException">There is none, or one cannot be drawn.</exception>
    public static IReadOnlyList<Band> Group(IReadOnlyList<Series> series)
    {
        if (series.Count == 0)
        {
            throw new UserException("There is nothing to draw: give at least one series.");
        }

        var bands = new List<Band>();
        foreach (IGrouping<string, Series> group in series.GroupBy(one => one.Name))
        {
            Series[] members = [.. group];
            foreach (Series member in members)
            {
                if (member.X.Count != member.Y.Count)
                {
                    throw new UserException(
                        $"The series '{member.Name}' has {member.X.Count} places and {member.Y.Count} values: give as many of each.");
                }

                if (member.Model != members[0].Model)
                {
                    throw new UserException(
                        $"The series named '{member.Name}' are of the models {members[0].Model} and {member.Model}: give each model's another name.");
                }
            }

            // Places may repeat: an evaluation at the end of a resumed run. The later one counts.
            Dictionary<double, double>[] values = [.. members.Select(member => member.X.Zip(member.Y)
                .GroupBy(point => point.First).ToDictionary(point => point.Key, point => point.Last().Second))];
            double[] places = [.. values[0].Keys.Where(place => values.All(one => one.ContainsKey(place))).Order()];
            if (places.Length == 0)
            {
                throw new UserException(members.Any(member => member.X.Count == 0)
                    ? $"A series '{group.Key}' is empty: leave it out, or wait for its first evaluation."
                    : $"The series named '{group.Key}' have no place in common: evaluate the runs at the same steps, or give each another name.");
            }

            double[][] columns = [.. places.Select(place => values.Select(one => one[place]).ToArray())];
            ModelStyle style = ModelStyle.Of(members[0].Model);
            bands.Add(new Band(
                group.Key, style, members.Length, places, [.. columns.Select(column => column.Average())],
                [.. columns.Select(column => column.Min())], [.. columns.Select(column => column.Max())],
                bands.Count(band => band.Style == style)));
        }

        return bands;
    }
}
